import { Cluster, Redis } from "ioredis";
import { parseRedisUrl } from "./redis-url.ts";

export interface RedisConnectionOptions {
  /**
   * How often a command is tried over a broken connection before it fails. null waits for as long as it takes, which
   * BullMQ's blocking reads need. Default 1: who asks gets an answer or an error, soon.
   */
  readonly maxRetriesPerRequest?: number | null;
}

/**
 * A connection to the Redis that REDIS_URL names: single, Sentinel or Cluster. It connects at once and reconnects by
 * itself. Listen to its "error" event. Throws a `TypeError` when the URL is malformed.
 */
export function connectRedis(url: string, options: RedisConnectionOptions = {}): Redis | Cluster {
  const address = parseRedisUrl(url);
  const { username, password } = address;
  const common = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(address.tls ? { tls: {} } : {}),
    connectTimeout: 5_000,
    maxRetriesPerRequest: options.maxRetriesPerRequest === undefined ? 1 : options.maxRetriesPerRequest,
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, 5_000),
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
