import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const READY_MS = 300_000;

export interface ServerProcess {
  /** What it wrote to stdout and stderr. */
  output(): string;
  /** Ends it, and whatever it has started. */
  stop(): Promise<void>;
}

/** Starts a server in a process group of its own, and waits until `url` answers. */
export async function startServer(
  command: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly url: string; readonly cwd?: string },
): Promise<ServerProcess> {
  const { env, cwd } = options;
  const child = spawn(command, args, { env, cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", (error) => {
      output += String(error);
      resolve();
    });
  });
  const stop = async () => {
    endGroup(child);
    await ended;
  };
  const deadline = Date.now() + READY_MS;
  while (!(await answers(options.url))) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error(`${command} did not start:\n${output}`);
    }
    await sleep(100);
  }
  return { output: () => output, stop };
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) {
    return;
  }
  process.kill(-child.pid, "SIGTERM");
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { redirect: "manual" })).arrayBuffer();
    return true;
  } catch {
    return false; // not listening yet
  }
}
