import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../command.ts";
import { startServer } from "../../process.ts";
import type { Peer } from "../peer.ts";

export const spring: Peer = {
  name: "spring",
  page: "/",
  signOut: "form",
  async install(folder) {
    await run("mvn", ["--quiet", "--batch-mode", "--threads", "1", "-DskipTests", "package"], folder);
    const pom = await readFile(join(folder, "pom.xml"), "utf8");
    const packaged = await run("jar", ["tf", join(folder, "target/wiki-1.jar")]);
    const security = /spring-security-core-([\d.]+)\.jar/.exec(packaged)?.[1];
    return `Spring Security ${security}, Boot ${/<version>(.*)<\/version>/.exec(pom)?.[1]}`;
  },
  start({ folder, port, url }) {
    const own = [`--server.port=${port}`, "--server.address=localhost"];
    return startServer("java", ["-Xmx256m", "-jar", join(folder, "target/wiki-1.jar"), ...own], {
      env: process.env,
      url: `${url}/goodbye`,
    });
  },
};
