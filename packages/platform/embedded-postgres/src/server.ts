import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { type EmbeddedPostgresError, failure, systemErrorCode } from "./errors.ts";
import type { Launcher, RunningProgram } from "./launcher.ts";
import { isPostmasterOf, processesWorkingIn, signal, until } from "./processes.ts";

export interface Server {
  readonly port: number;
  /** Settles when the server has ended: with undefined after stop(), else with the reason. */
  readonly ended: Promise<EmbeddedPostgresError | undefined>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly postgres: string;
  readonly launcher: Launcher;
  readonly dataFolder: string;
  /** Undefined: any free one. */
  readonly port: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/** Crash recovery after a kill may replay up to max_wal_size (1 GB) of log before the server is ready. */
const START_TIMEOUT_MS = 120_000;
const FAST_SHUTDOWN_MS = 30_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;
/** A port found free may be taken by another program before PostgreSQL listens on it. */
const PORT_ATTEMPTS = 5;

const pidFilePath = (dataFolder: string) => join(dataFolder, "postmaster.pid");

/**
 * Ends whatever an earlier run left in the data folder: a server whose parent was killed, backends whose server was
 * killed, a stale pid file. The caller holds the lock of the folder, so none of them belongs to a live gateway.
 * The left-over server is stopped, not taken over: then there is one way to start, and today's settings apply.
 */
export async function clearLeftovers(dataFolder: string, log: (line: string) => void): Promise<void> {
  const pid = Number((await readPidFile(dataFolder))[0]);
  if (pid > 0 && (await isPostmasterOf(pid, dataFolder))) {
    log(`stopping the PostgreSQL that an earlier run left behind (process ${pid})`);
    const isGone = async () => !(await isPostmasterOf(pid, dataFolder));
    signal(pid, "SIGINT");
    if (!(await until(isGone, FAST_SHUTDOWN_MS))) {
      signal(pid, "SIGQUIT");
      await until(isGone, IMMEDIATE_SHUTDOWN_MS);
    }
  }
  // Backends of a killed server run on until they next wait. To end them loses nothing: what they committed is in the WAL.
  const noneLeft = async () => {
    const left = await processesWorkingIn(dataFolder);
    for (const backend of left) {
      signal(backend, "SIGKILL");
    }
    return left.length === 0;
  };
  if (!(await until(noneLeft, IMMEDIATE_SHUTDOWN_MS))) {
    throw failure.orphanStuck(dataFolder, await processesWorkingIn(dataFolder));
  }
  // PostgreSQL judges a pid file by its pid alone and would refuse to start when another program has that pid now.
  await rm(pidFilePath(dataFolder), { force: true });
}

/** Starts the server and waits until it accepts connections. */
export async function startServer(options: ServerOptions): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const program = options.launcher.start(options.postgres, serverArguments(options, port), options.log);
    const failed = await waitUntilReady(program, options.dataFolder);
    if (failed === undefined) {
      return watch(program, port, options.dataFolder);
    }

    const lines = program.lastLines();
    if (!lines.some((line) => line.includes("Address already in use"))) {
      throw failure.startFailed(options.dataFolder, failed, lines);
    }
    if (options.port !== undefined || attempt === PORT_ATTEMPTS) {
      throw failure.portInUse(port, lines);
    }
  }
}

function serverArguments(options: ServerOptions, port: number): string[] {
  const settings: Record<string, string> = {
    shared_buffers: "128MB",
    max_connections: "100",
    timezone: "UTC",
    log_timezone: "UTC",
    log_checkpoints: "off",
    ...options.settings,
    // Not to be changed: other programs of this machine may reach it over the loopback only, with the password.
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    port: String(port),
  };
  return [
    "-D",
    options.dataFolder,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

/** Undefined when the server is ready; else how it failed, in words, and it has ended. */
async function waitUntilReady(program: RunningProgram, dataFolder: string): Promise<string | undefined> {
  let ending: string | undefined;
  void program.ended.then((ended) => {
    ending = ended.ending;
  });
  // The eighth line of the pid file holds the state of the server; pg_ctl waits for the same.
  const isReady = async () => {
    const lines = await readPidFile(dataFolder);
    return Number(lines[0]) === program.child.pid && lines[7]?.trim() === "ready";
  };
  if (!(await until(async () => ending !== undefined || (await isReady()), START_TIMEOUT_MS))) {
    await shutDown(program);
    return `not ready after ${START_TIMEOUT_MS / 1000} s`;
  }
  return ending;
}

function watch(program: RunningProgram, port: number, dataFolder: string): Server {
  let stopping: Promise<void> | undefined;
  return {
    port,
    ended: program.ended.then(({ ending }) =>
      stopping ? undefined : failure.ended(dataFolder, ending, program.lastLines()),
    ),
    stop: () => {
      stopping ??= shutDown(program);
      return stopping;
    },
  };
}

/** A fast shutdown: open transactions are rolled back, data is written out. Harsher when that takes too long. */
async function shutDown(program: RunningProgram): Promise<void> {
  let hasEnded = false;
  const ended = program.ended.then(() => {
    hasEnded = true;
  });
  program.child.kill("SIGINT");
  if (!(await until(async () => hasEnded, FAST_SHUTDOWN_MS))) {
    program.child.kill("SIGQUIT");
    if (!(await until(async () => hasEnded, IMMEDIATE_SHUTDOWN_MS))) {
      program.child.kill("SIGKILL");
    }
  }
  await ended;
}

/** The port of the server that runs on the folder and is ready (PostgreSQL, "postmaster.pid": line 4); undefined where none does. */
export async function portOfRunning(dataFolder: string): Promise<number | undefined> {
  const lines = await readPidFile(dataFolder);
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  const runs = pid > 0 && lines[7]?.trim() === "ready" && (await isPostmasterOf(pid, dataFolder));
  return runs ? port : undefined;
}

async function readPidFile(dataFolder: string): Promise<string[]> {
  const content = await readFile(pidFilePath(dataFolder), "utf8").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") {
      return "";
    }
    throw error;
  });
  return content.split("\n");
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") {
    throw new Error("a TCP server has no port");
  }
  return address.port;
}
