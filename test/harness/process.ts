import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../apps/gateway/dist/main.js", import.meta.url));
const READY_MS = 60_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A `sallyport` process, as built, with an environment of its own. */
export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  stdout(): string;
  stderr(): string;
  /** Resolves once the banner is out; rejects when the process ends before. */
  ready(): Promise<void>;
}

export interface ProcessOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** More arguments to node itself. */
  readonly node?: readonly string[];
}

export function spawnGateway(options: ProcessOptions): GatewayProcess {
  const child = spawn(process.execPath, [...(options.node ?? []), MAIN, ...options.args], {
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  return {
    child,
    exited,
    stdout: () => stdout,
    stderr: () => stderr,
    ready: () =>
      new Promise((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`${why}\n${stdout}\n${stderr}`));
        const timer = setTimeout(() => fail("The gateway was not ready in time"), READY_MS);
        const settle = (done: () => void) => {
          clearTimeout(timer);
          done();
        };
        const look = () => {
          if (stdout.includes("Sallyport is ready")) {
            settle(resolve);
          }
        };
        child.stdout.on("data", look);
        look();
        void exited.then(() => settle(() => fail("The gateway ended before it was ready")));
      }),
  };
}

/** A data folder of the test's own. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "sallyport-process-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }) };
}

/** Three free ports in a row: the gateway's, and the demo's two after it. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all([first, first + 1, first + 2].map(isFree));
    if (free.every(Boolean)) {
      return first;
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, () => probe.close(() => resolve(true)));
  });
}

/** The PostgreSQL processes whose data lies below `folder`. */
export async function postgresBelow(folder: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end while it is looked at.
      const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => "");
      return name.trim() === "postgres" && cwd.startsWith(folder);
    }),
  );
  return pids.filter((_, index) => found[index]).map(Number);
}
