import type { KeyedJob } from "@sallyport/queue";
import type { WorkerServices } from "../../services.ts";
import { reconcileOrganization } from "./organization.ts";

/** Brings the people of one organization to what its directories say. */
export const reconcileJob: KeyedJob<WorkerServices> = {
  name: "reconcile",
  key: "organizationId",
  concurrency: 4,
  attempts: 3,
  run: (services, organizationId) =>
    reconcileOrganization(
      {
        database: services.database,
        now: services.now,
        requestLogout: services.requestLogout,
        batchSize: services.batchSize ?? 500,
        batchesPerTurn: services.batchesPerTurn ?? 20,
        reach: services.reach ?? (() => undefined),
      },
      organizationId,
    ),
};
