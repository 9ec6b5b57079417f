import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

/** How Redis is deployed, which is to say: the form of REDIS_URL. */
export type RedisForm = "single" | "cluster" | "sentinel";

export interface TestRedis {
  readonly url: string;
  /** Ends the connections of everybody else. */
  disconnectClients(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether `redis-server` is installed. With SALLYPORT_REQUIRE_REDIS=1 its absence is an error. */
export function redisIsInstalled(): boolean {
  if (spawnSync("redis-server", ["--version"]).status === 0) {
    return true;
  }
  if (process.env.SALLYPORT_REQUIRE_REDIS === "1") {
    throw new Error("redis-server is not on PATH, and SALLYPORT_REQUIRE_REDIS=1 requires it");
  }
  return false;
}

/** A Redis of this test's own, on free ports, that keeps nothing: a cluster of one node, or a master with a Sentinel. */
export async function startTestRedis(
  options: { readonly form?: RedisForm; readonly port?: number } = {},
): Promise<TestRedis> {
  const { form = "single", port = await freePort() } = options;
  const node = await startNode(port, form === "cluster");
  const sentinel = form === "sentinel" ? await startSentinel(node.port) : undefined;
  if (form === "cluster") {
    await takeAllSlots(node.client);
  }
  const urls: Record<RedisForm, string> = {
    single: `redis://127.0.0.1:${node.port}/0`,
    cluster: `redis+cluster://127.0.0.1:${node.port}`,
    sentinel: `redis+sentinel://127.0.0.1:${sentinel?.port}/primary/0`,
  };
  return {
    url: urls[form],
    disconnectClients: async () => {
      await node.client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    },
    stop: async () => {
      await sentinel?.stop();
      await node.stop();
    },
  };
}

interface Server {
  readonly port: number;
  readonly client: Redis;
  stop(): Promise<void>;
}

async function startNode(port: number, cluster: boolean): Promise<Server> {
  // The bus of a cluster node needs a port as well.
  const more = cluster
    ? [
        "--cluster-enabled",
        "yes",
        "--cluster-announce-ip",
        "127.0.0.1",
        "--cluster-port",
        String(await freePort()),
      ]
    : [];
  return startServer(port, (dir) => [
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no"],
    ...more,
  ]);
}

async function startSentinel(masterPort: number): Promise<Server> {
  const dir = await mkdtemp(join(tmpdir(), "sallyport-sentinel-"));
  const file = join(dir, "sentinel.conf"); // which Sentinel rewrites
  await writeFile(file, `sentinel monitor primary 127.0.0.1 ${masterPort} 1\n`);
  const port = await freePort();
  const server = await startServer(port, () => [
    file,
    "--sentinel",
    ...["--port", String(port), "--bind", "127.0.0.1"],
  ]);
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function startServer(port: number, args: (dir: string) => string[]): Promise<Server> {
  const dir = await mkdtemp(join(tmpdir(), "sallyport-redis-"));
  const server = spawn("redis-server", args(dir), { stdio: "ignore" });
  const exited = once(server, "exit");
  const client = new Redis({ port, maxRetriesPerRequest: null, enableReadyCheck: false });
  client.on("error", () => undefined); // until it is up, and after it was stopped
  await client.ping();
  return {
    port,
    client,
    stop: async () => {
      client.disconnect();
      server.kill();
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function takeAllSlots(client: Redis): Promise<void> {
  await client.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  while (!String(await client.call("CLUSTER", "INFO")).includes("cluster_state:ok")) {
    await sleep(20);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") {
    throw new Error("No port was assigned");
  }
  return address.port;
}
