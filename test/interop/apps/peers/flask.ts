import { startServer } from "../../process.ts";
import type { Peer } from "../peer.ts";
import { installPython, python } from "../python.ts";

export const flask: Peer = {
  name: "flask",
  page: "/",
  signOut: "/logout",
  install: (folder) => installPython(folder, ["Flask", "Authlib"]),
  start: ({ folder, port, url }) =>
    startServer(python(folder), ["-m", "flask", "--app", "app", "run", "--port", `${port}`], {
      cwd: folder,
      env: process.env,
      url: `${url}/`,
    }),
};
