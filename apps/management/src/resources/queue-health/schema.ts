import { z } from "zod";
import { text, timestamp } from "../../api/text.ts";

const count = z.int();

export const queueHealth = z
  .object({
    queues: z.array(
      z.object({
        name: z.string(),
        waiting: count,
        active: count,
        delayed: count.meta({
          description: "Waiting for a later time: retries, and what runs by the clock.",
        }),
        failed: count.meta({ description: "Gave up after all attempts, and kept for a day." }),
      }),
    ),
    failures: z
      .array(
        z.object({
          queue: z.string(),
          job: z.string(),
          data: z.record(z.string(), z.string()).meta({ description: "What it was to look at." }),
          attempts: count,
          failedAt: timestamp.nullable(),
          reason: z.string(),
        }),
      )
      .meta({ description: "The last 20 of each queue." }),
    reconciler: z.object({
      pending: count.meta({ description: "Directory users and groups that it has yet to look at." }),
      lagSeconds: z.number().meta({ description: "Since when the oldest of them waits; 0 where none does." }),
    }),
  })
  .meta({ id: "QueueHealth" });

export const queueRetry = z
  .strictObject({ queue: text(100).meta({ description: "Its name." }) })
  .meta({ id: "QueueRetry" });

export const retried = z.object({ jobs: count }).meta({ id: "QueueRetried" });
