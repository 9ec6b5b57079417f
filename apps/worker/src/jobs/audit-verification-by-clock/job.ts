import { requestVerificationsByClock, runVerifications } from "@sallyport/audit-trail";
import type { Job } from "@sallyport/queue";
import type { WorkerServices } from "../../services.ts";

/**
 * Holds every audit trail against its seals once in so many hours, where nobody asks for it, at a quiet pace. Apart from those
 * that somebody waits for.
 */
export const auditVerificationByClockJob: Job<WorkerServices> = {
  name: "audit-verification-by-clock",
  schedule: { everyMs: 600_000, atStart: true },
  run: async ({ database, secrets, auditVerifyHours }, signal) => {
    if (auditVerifyHours !== undefined) {
      await requestVerificationsByClock(database.sql, auditVerifyHours);
    }
    await runVerifications({ database, secrets, signal, byClock: true });
  },
};
