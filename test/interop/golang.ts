import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.ts";

/** Builds the program of a Go module into the folder, where it is not there yet; resolves to its version. */
export async function installGo(folder: string, program: string): Promise<string> {
  const name = /([^/]+?)(?:\/v\d+)?$/.exec(program)?.[1] ?? "";
  const binary = join(folder, name);
  if (!existsSync(binary)) {
    await run("env", [`GOBIN=${folder}`, "go", "install", "-p", "1", `${program}@latest`]);
  }
  const [, version] = /^\tmod\t\S+\t(\S+)/m.exec(await run("go", ["version", "-m", binary])) ?? [];
  return `${name} ${version}`;
}
