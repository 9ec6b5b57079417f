import type { Logger } from "@sallyport/logging";
import { Queue, Worker } from "bullmq";
import { JOURNAL, type JobData, noteStoreError, type QueueBackend } from "./backend.ts";
import { connectRedis } from "./redis.ts";
import { within } from "./within.ts";

// In braces: on a cluster all keys of a queue must hash to one slot.
const PREFIX = "{sallyport}";

const OPEN_TIMEOUT_MS = 10_000;

/** BullMQ on Redis: single, Sentinel or Cluster. Rejects when the server cannot be reached now. */
export async function openRedisBackend(redisUrl: string, log: Logger): Promise<QueueBackend> {
  // Two kinds of connection: who adds a job wants an error soon, who waits for one waits through an outage.
  const asking = connectRedis(redisUrl);
  const waiting = connectRedis(redisUrl, { maxRetriesPerRequest: null });
  for (const connection of [asking, waiting]) {
    connection.on("error", (error: Error) => noteStoreError(log, "Redis", error));
  }
  const close = async () => {
    asking.disconnect();
    waiting.disconnect();
  };
  try {
    await within("Redis", OPEN_TIMEOUT_MS, asking.ping()); // a cluster client would look for its nodes for ever
  } catch (error) {
    await close();
    throw error;
  }
  return {
    server: "Redis",
    queue: (name) => new Queue<JobData>(name, { ...JOURNAL, connection: asking, prefix: PREFIX }),
    worker: (name, processor, settings) =>
      new Worker<JobData, void>(name, processor, { ...settings, connection: waiting, prefix: PREFIX }),
    ping: async () => {
      await asking.ping();
    },
    close,
  };
}
