import type { Database } from "@sallyport/database";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";
import { connectRedis } from "@sallyport/queue";
import type { ArtifactStore } from "./artifact-store.ts";
import { createPostgresStore } from "./postgres-store.ts";
import { createRedisStore } from "./redis-store.ts";

/** The store of what expires: in Redis where there is one, else in PostgreSQL. */
export function openStore(deps: {
  readonly redisUrl?: string;
  readonly database: Database;
  readonly now: () => Date;
  readonly log: Logger;
}): ArtifactStore {
  const { redisUrl, database, now, log } = deps;
  if (redisUrl === undefined) {
    return createPostgresStore(database.sql, now);
  }
  const redis = connectRedis(redisUrl);
  redis.on("error", (error: Error) => {
    const outage = outageOf(error, "Redis");
    if (outage !== undefined) {
      reportOutage(log, outage);
    } else {
      log.warn({ error: error.message }, "Redis connection error");
    }
  });
  return createRedisStore(redis, database.sql, now);
}
