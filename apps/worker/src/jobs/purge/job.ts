import type { Job } from "@sallyport/queue";
import { forgetReplacedSecrets } from "@sallyport/webhooks";
import type { WorkerServices } from "../../services.ts";
import { purge } from "./purge.ts";

/** Deletes what is no longer needed. */
export const purgeJob: Job<WorkerServices> = {
  name: "purge",
  queue: "maintenance",
  schedule: { everyMs: 3_600_000 },
  run: async ({ database, secrets, log, now }) => {
    log.info({ deleted: await purge({ database, secrets }, now()) }, "Purged");
    await forgetReplacedSecrets(database.sql, now());
  },
};
