import type { Database } from "@sallyport/database";
import type { ReachCheckpoint } from "../jobs/reconcile/checkpoint.ts";
import { type ReconcileDeps, reconcileOrganization } from "../jobs/reconcile/organization.ts";

export interface TestReconciliation {
  /** Works an organization off, however many turns that takes. */
  settle(organizationId: string): Promise<void>;
  /** One turn. */
  turn(organizationId: string): Promise<"done" | "more">;
  /** How often applications were to be told of logouts. */
  readonly logouts: number;
}

/** The reconciler on a test database, in turns as small as the test wants them. */
export function createReconciliation(
  database: Database,
  options: Partial<Pick<ReconcileDeps, "batchSize" | "batchesPerTurn" | "now">> & {
    reach?: ReachCheckpoint;
  } = {},
): TestReconciliation {
  let logouts = 0;
  const deps: ReconcileDeps = {
    database,
    now: options.now ?? (() => new Date()),
    requestLogout: () => void logouts++,
    batchSize: options.batchSize ?? 500,
    batchesPerTurn: options.batchesPerTurn ?? 20,
    reach: options.reach ?? (() => undefined),
  };
  const turn = (organizationId: string) => reconcileOrganization(deps, organizationId);
  return {
    turn,
    settle: async (organizationId) => {
      while ((await turn(organizationId)) === "more") {}
    },
    get logouts() {
      return logouts;
    },
  };
}
