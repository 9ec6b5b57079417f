import { join } from "node:path";
import { installGo } from "../../golang.ts";
import { startServer } from "../../process.ts";
import type { Peer } from "../peer.ts";

export const oauth2Proxy: Peer = {
  name: "oauth2-proxy",
  page: "/",
  signOut: "/oauth2/sign_out?rd=/goodbye",
  refreshes: true,
  install: (folder) => installGo(folder, "github.com/oauth2-proxy/oauth2-proxy/v7"),
  start({ folder, port, url }) {
    const own = ["--cookie-secure=false", "--cookie-refresh=1s", `--http-address=127.0.0.1:${port}`];
    return startServer(join(folder, "oauth2-proxy"), ["--config", join(folder, "oauth2-proxy.cfg"), ...own], {
      env: process.env,
      url: `${url}/ping`,
    });
  },
};
