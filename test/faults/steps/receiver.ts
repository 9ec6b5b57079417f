import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../harness/process.ts";

const SCRIPT = fileURLToPath(new URL("receiver.mjs", import.meta.url));

/** Where a receiver can die. */
export const DEATHS = ["before it stores", "before it answers", "after it answered"] as const;
export type Death = (typeof DEATHS)[number];

/** A request that a receiver stored, whether it was answered or not. */
export interface Stored {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Whom webhooks, signals, audit streams and anchors are sent to: a process of its own, at one address. */
export interface ReceiverProcess {
  readonly url: string;
  stored(path: string): Promise<readonly Stored[]>;
  /** Has it die at the next request; resolves once it has. */
  dieAt(death: Death): Promise<void>;
  start(): Promise<void>;
  kill(): Promise<void>;
}

export async function startReceiverProcess(file: string): Promise<ReceiverProcess> {
  const port = await freePorts();
  let current: ChildProcess | undefined;
  const run = async (...more: string[]): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [SCRIPT, String(port), file, ...more], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    current = child;
    await once(child.stdout, "data");
    return child;
  };
  const kill = async () => {
    if (current?.exitCode === null && current.signalCode === null) {
      const gone = once(current, "close");
      current.kill("SIGKILL");
      await gone;
    }
  };
  await writeFile(file, "");
  await run();
  return {
    url: `http://127.0.0.1:${port}`,
    stored: async (path) =>
      (await readFile(file, "utf8"))
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Stored)
        .filter((one) => one.path === path),
    dieAt: async (death) => {
      await kill();
      const child = await run(death);
      if (child.exitCode === null && child.signalCode === null) {
        await once(child, "close");
      }
    },
    start: async () => {
      await run();
    },
    kill,
  };
}
