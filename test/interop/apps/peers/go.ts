import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../command.ts";
import { startServer } from "../../process.ts";
import type { Peer } from "../peer.ts";

const MODULE = "github.com/coreos/go-oidc/v3";

export const go: Peer = {
  name: "go",
  page: "/",
  signOut: "/logout",
  async install(folder) {
    if (!existsSync(join(folder, "go.mod"))) {
      await run("go", ["mod", "init", "wiki"], folder);
    }
    await run("go", ["mod", "tidy"], folder);
    await run("go", ["build", "-p", "1", "-o", "wiki", "."], folder);
    const listed = await run("go", ["list", "-m", MODULE], folder);
    return `go-oidc ${listed.trim().split(" ")[1]}`;
  },
  start: ({ folder, port, url }) =>
    startServer(join(folder, "wiki"), [], {
      env: { ...process.env, PORT: `${port}` },
      url: `${url}/goodbye`,
    }),
};
