import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command.ts";

export const python = (folder: string) => join(folder, "venv/bin/python");

/** Installs a page's `requirements.txt` into the folder, and resolves to the versions of the packages named. */
export async function installPython(folder: string, packages: readonly string[]): Promise<string> {
  if (!existsSync(python(folder))) {
    await run("python3", ["-m", "venv", join(folder, "venv")]);
  }
  const quiet = ["--quiet", "--disable-pip-version-check"];
  await run(python(folder), ["-m", "pip", "install", ...quiet, "--requirement", "requirements.txt"], folder);
  const code = `import importlib.metadata as m, sys; print(", ".join(f"{p} {m.version(p)}" for p in sys.argv[1:]))`;
  return (await run(python(folder), ["-c", code, ...packages])).trim();
}
