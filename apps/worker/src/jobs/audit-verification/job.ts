import { runVerifications } from "@sallyport/audit-trail";
import type { Job } from "@sallyport/queue";
import type { WorkerServices } from "../../services.ts";

/** Holds audit trails against their seals, where somebody asked for it. */
export const auditVerificationJob: Job<WorkerServices> = {
  name: "audit-verification",
  schedule: { everyMs: 60_000, atStart: true }, // for those whose process died
  run: ({ database, secrets }, signal) => runVerifications({ database, secrets, signal }),
};
