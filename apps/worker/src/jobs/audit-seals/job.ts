import { sealTrails } from "@sallyport/audit-trail";
import { outageOf } from "@sallyport/outage";
import type { Loop } from "../../loop.ts";
import type { WorkerServices } from "../../services.ts";

/** Seals the audit trail: what is not sealed yet can still be changed unnoticed, so it is soon. */
export const auditSealsLoop: Loop<Pick<WorkerServices, "database" | "secrets" | "now" | "log">> = {
  name: "audit-seals",
  everyMs: 10_000,
  create: ({ database, secrets, now, log }) => {
    const failing = new Set<string | null>();
    return async () => {
      const failed = new Set<string | null>();
      await sealTrails({
        database,
        secrets,
        now,
        onFailure: (organizationId, error) => {
          if (outageOf(error) !== undefined) {
            throw error;
          }
          failed.add(organizationId);
          if (!failing.has(organizationId)) {
            log.error({ organizationId, err: error }, "an audit trail could not be sealed; verify it");
          }
        },
      });
      failing.clear();
      for (const organizationId of failed) {
        failing.add(organizationId);
      }
    };
  },
};
