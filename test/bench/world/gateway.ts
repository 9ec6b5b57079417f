import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { newEncryptionKey } from "@sallyport/secrets";

/** The built gateway in a process of its own, in production mode, with all roles. */
export interface BenchGateway {
  readonly url: string;
  readonly pid: number;
  /** Its own figures, in the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Rejects when the stop was not clean. */
  stop(): Promise<void>;
}

export interface BenchGatewayOptions {
  readonly databaseUrl: string;
  readonly rootKey: string;
  readonly port: number;
  readonly publicUrl: string;
  /** Takes the log. */
  readonly folder: string;
  /** Where to write where its CPU time went. */
  readonly cpuProfileFolder: string | undefined;
  /** Of the queue; undefined: it is in PostgreSQL. */
  readonly redisUrl: string | undefined;
  /** What is taken out of it (outward/without.js); undefined: nothing. */
  readonly without: Without | undefined;
}

export type Without = "events" | "outbox";

const MAIN = fileURLToPath(new URL("../../../apps/gateway/dist/main.js", import.meta.url));
const WITHOUT = new URL("../outward/without.js", import.meta.url).href;
// As the README and the Dockerfile have it.
const MEMORY_BOUNDS = ["--max-old-space-size=160", "--max-semi-space-size=8"];
const MEMORY_ENVIRONMENT = { MALLOC_ARENA_MAX: "2", MALLOC_MMAP_THRESHOLD_: "262144" };
const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 100;

export async function startBenchGateway(options: BenchGatewayOptions): Promise<BenchGateway> {
  const local = `http://localhost:${options.port}`;
  const logFile = join(options.folder, "gateway.log");
  const log = await open(logFile, "w");
  const profile = options.cpuProfileFolder;
  const nodeArguments = [
    ...MEMORY_BOUNDS,
    ...(profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`]),
    ...(options.without === undefined ? [] : ["--import", WITHOUT]),
  ];
  const child = spawn(process.execPath, [...nodeArguments, MAIN, "serve"], {
    env: {
      PATH: process.env.PATH ?? "",
      ...MEMORY_ENVIRONMENT,
      PORT: String(options.port),
      PUBLIC_URL: options.publicUrl,
      DATABASE_URL: options.databaseUrl,
      SALLYPORT_ROOT_KEY: options.rootKey,
      METRICS_TOKEN: options.rootKey,
      SALLYPORT_ENCRYPTION_KEYS: newEncryptionKey(),
      OUTBOUND_ALLOW: "127.0.0.0/8,::1/128", // the upstream OpenID Provider is here
      ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
      ...(options.without === undefined ? {} : { WITHOUT: options.without }),
      RATE_LIMITS: "off", // they would be all that is measured
    },
    stdio: ["ignore", log.fd, log.fd],
  });
  await log.close();
  const ended = once(child, "exit");
  const explained = async (what: string) => new Error(`${what}:\n${await lastLines(logFile)}`);
  try {
    await readiness(local, child);
  } catch (error) {
    child.kill("SIGKILL");
    throw await explained(error instanceof Error ? error.message : String(error));
  }
  const { pid } = child;
  if (pid === undefined) {
    throw new Error("the gateway's process has no id");
  }
  return {
    url: options.publicUrl,
    pid,
    metrics: async () => {
      const headers = { authorization: `Bearer ${options.rootKey}` };
      const response = await fetch(`${local}/metrics`, { headers });
      if (!response.ok) {
        throw new Error(`/metrics answered ${response.status}`);
      }
      return response.text();
    },
    stop: async () => {
      child.kill("SIGTERM");
      const [code] = await ended;
      if (code !== 0) {
        throw await explained(`The gateway ended with code ${code}`);
      }
    },
  };
}

async function readiness(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) {
      throw new Error("The gateway ended before it was ready");
    }
    const status = await fetch(`${url}/readyz`).then(
      (response) => response.status,
      () => undefined, // it does not listen yet
    );
    if (status === 200) {
      return;
    }
    await sleep(READY_POLL_MS);
  }
  throw new Error("The gateway was not ready in time");
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, "utf8");
  return text.trimEnd().split("\n").slice(-20).join("\n");
}
