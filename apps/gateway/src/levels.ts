import { createLevels, createSharedLevels, type Levels } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";
import { connectRedis } from "@sallyport/queue";
import type { Teardown } from "./teardown.ts";

/** What the limits count with: this process' memory; with Redis, all processes tell each other. */
export function openLevels(
  deps: { readonly redisUrl: string | undefined; readonly log: Logger; readonly now: () => Date },
  teardown: Teardown,
): Levels {
  const { redisUrl, log, now } = deps;
  if (redisUrl === undefined) {
    return createLevels({ now });
  }
  const redis = connectRedis(redisUrl);
  redis.on("error", (error: Error) => log.debug({ error: error.message }, "Redis connection error"));
  const levels = createLevels({
    now,
    shared: createSharedLevels(redis),
    onSharedError: (error) => {
      const outage = outageOf(error, "Redis");
      if (outage !== undefined) {
        reportOutage(log, outage, { limits: "each process counts by itself" });
      } else {
        log.warn({ err: error }, "limits are not shared: each process counts by itself");
      }
    },
  });
  teardown.add("limits", async () => {
    await levels.exchange();
    redis.disconnect();
  });
  return levels;
}
