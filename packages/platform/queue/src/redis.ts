import { defined } from "@sallyport/defined";
import { Cluster, Redis } from "ioredis";
import { parseRedisUrl } from "./redis-url.ts";

export interface RedisConnectionOptions {
  /**
   * How often a command is tried over a broken connection before it fails. null waits for as long as it takes, which
   * BullMQ's blocking reads need. Default 1: who asks gets an answer or an error, soon.
   */
  readonly maxRetriesPerRequest?: number | null;
}

const COMMAND_MS = 5_000;
/** Longer than BullMQ waits for a job in one command. */
const SILENT_MS = 30_000;
/** Work goes on within a second of the server's return. */
const RECONNECT_MS = 500;

/**
 * A connection to the Redis that REDIS_URL names: single, Sentinel or Cluster. It connects at once and reconnects by
 * itself. Listen to its "error" event. Throws a `TypeError` when the URL is malformed.
 */
export function connectRedis(url: string, options: RedisConnectionOptions = {}): Redis | Cluster {
  const address = parseRedisUrl(url);
  const { username, password } = address;
  const retries = options.maxRetriesPerRequest === undefined ? 1 : options.maxRetriesPerRequest;
  const common = {
    ...defined({ username, password }),
    ...(address.tls ? { tls: {} } : {}),
    connectTimeout: 5_000,
    keepAlive: 10_000, // finds out that a host is gone
    // Callers get an answer or an error soon, even if the server hangs or is loading its data.
    ...(retries === null ? { socketTimeout: SILENT_MS } : { commandTimeout: COMMAND_MS }),
    // A primary that became a replica after a failover: the name leads to the new one.
    reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
    maxRetriesPerRequest: retries,
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, RECONNECT_MS),
  };
  switch (address.kind) {
    case "single":
      return new Redis({ ...common, host: address.host, port: address.port, db: address.db });
    case "sentinel":
      return new Redis({
        ...common,
        sentinels: [...address.sentinels],
        name: address.master,
        db: address.db,
        enableTLSForSentinelMode: address.tls,
      });
    case "cluster":
      return new Cluster([...address.nodes], { redisOptions: common });
  }
}
