import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../command.ts";
import { startServer } from "../../process.ts";
import { installDebian } from "../debian.ts";
import type { Peer } from "../peer.ts";

const MODULES = "/usr/lib/apache2/modules";
const LOADED = [
  "mpm_event",
  "authn_core",
  "authz_core",
  "authz_user",
  "proxy",
  "proxy_http",
  "headers",
  "auth_openidc",
];

export const apache: Peer = {
  name: "apache",
  page: "/",
  signOut: "/oidc/callback?logout={goodbye}",
  install: async () => {
    // Not the package apache2, which would start a server of its own.
    const [, version] = await installDebian(["apache2-bin", "libapache2-mod-auth-openidc"]);
    return `mod_auth_openidc ${version}`;
  },
  async start({ folder, port, url }) {
    await run("openssl", ["version"]); // by which the page makes its passphrase
    const configuration = `
      ServerRoot ${folder}
      ServerName localhost
      Listen 127.0.0.1:${port}
      PidFile ${folder}/pid
      Mutex sem
      ErrorLog |/bin/cat
      User www-data
      Group www-data
      ${LOADED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join("\n")}
      Include ${folder}/wiki.conf`;
    await writeFile(join(folder, "httpd.conf"), configuration);
    return startServer("/usr/sbin/apache2", ["-f", join(folder, "httpd.conf"), "-D", "FOREGROUND"], {
      env: process.env,
      url: `${url}/goodbye`,
    });
  },
};
