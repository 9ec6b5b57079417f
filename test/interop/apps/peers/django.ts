import { run } from "../../command.ts";
import { startServer } from "../../process.ts";
import type { Peer } from "../peer.ts";
import { installPython, python } from "../python.ts";

export const django: Peer = {
  name: "django",
  page: "/",
  signOut: "form",
  async install(folder) {
    const version = await installPython(folder, ["Django", "mozilla-django-oidc"]);
    await run(
      python(folder),
      ["-m", "django", "migrate", "--settings", "settings", "--pythonpath", "."],
      folder,
    );
    return version;
  },
  start({ folder, port, url }) {
    const args = [
      "runserver",
      "--noreload",
      "--settings",
      "settings",
      "--pythonpath",
      ".",
      `localhost:${port}`,
    ];
    return startServer(python(folder), ["-m", "django", ...args], {
      cwd: folder,
      env: process.env,
      url: `${url}/`,
    });
  },
};
