import { execFile } from "node:child_process";
import { promisify } from "node:util";

const LONGEST_MS = 15 * 60_000;

/** Runs a command to its end, and resolves to what it printed. Rejects with all of its output where it fails. */
export async function run(command: string, args: readonly string[], cwd?: string): Promise<string> {
  const options = { timeout: LONGEST_MS, maxBuffer: 64 * 1024 * 1024, ...(cwd === undefined ? {} : { cwd }) };
  const { stdout } = await promisify(execFile)(command, args, options).catch((error: unknown) => {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}\n${stderr}`.slice(-4000));
  });
  return stdout;
}
