import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

export interface TestRedis {
  readonly url: string;
  /** Ends the connections of everybody else. */
  disconnectClients(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether `redis-server` is installed. With SALLYPORT_REQUIRE_REDIS=1 its absence is an error. */
export function redisIsInstalled(): boolean {
  if (spawnSync("redis-server", ["--version"]).status === 0) return true;
  if (process.env.SALLYPORT_REQUIRE_REDIS === "1") {
    throw new Error("redis-server is not on PATH, and SALLYPORT_REQUIRE_REDIS=1 requires it");
  }
  return false;
}

/** A Redis of this test's own, on a free port, that keeps nothing. */
export async function startTestRedis(options: { readonly port?: number } = {}): Promise<TestRedis> {
  const port = options.port ?? (await freePort());
  const dir = await mkdtemp(join(tmpdir(), "sallyport-redis-"));
  const server = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no"],
    { stdio: "ignore" },
  );
  const exited = once(server, "exit");
  const client = new Redis({ port, maxRetriesPerRequest: null });
  client.on("error", () => undefined); // until it is up, and after it was stopped
  await client.ping();
  return {
    url: `redis://127.0.0.1:${port}/0`,
    disconnectClients: async () => {
      await client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    },
    stop: async () => {
      client.disconnect();
      server.kill();
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("No port was assigned");
  return address.port;
}
