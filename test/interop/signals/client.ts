import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** A Python program beside this file, and what it tells line by line. */
export interface Client {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  next(): Promise<Record<string, unknown>>;
  readonly ended: Promise<number | null>;
}

export function start(program: string, ...args: string[]): Client {
  const script = new URL(program, import.meta.url).pathname;
  const child = spawn("python3", [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    process: child,
    ended: new Promise((resolve) => child.once("close", resolve)),
    async next() {
      const line: IteratorResult<string> = await lines.next();
      if (line.done === true) {
        throw new Error("The client said no more");
      }
      return JSON.parse(line.value) as Record<string, unknown>;
    },
  };
}
