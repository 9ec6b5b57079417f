import type { Job } from "@sallyport/queue";
import type { WorkerServices } from "../../services.ts";
import { announceExpiry } from "./announce.ts";

/** Announces certificates that end soon. */
export const certificateExpiryJob: Job<WorkerServices> = {
  name: "expiry", // as queues and metrics have it
  queue: "maintenance",
  schedule: { everyMs: 3_600_000 },
  run: async ({ database, log, now }) => {
    const announced = await announceExpiry(database, now());
    if (announced > 0) {
      log.info({ announced }, "Announced certificates that end soon");
    }
  },
};
