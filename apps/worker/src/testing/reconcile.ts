import type { Database } from "@sallyport/database";
import type { ReachCheckpoint } from "../checkpoint.ts";
import { type ProvisioningDeps, reconcileOrganization } from "../provisioning/organization.ts";

export interface TestProvisioning {
  /** Works an organization off, however many turns that takes. */
  settle(organizationId: string): Promise<void>;
  /** One turn. */
  turn(organizationId: string): Promise<"done" | "more">;
  /** How often applications were to be told of logouts. */
  readonly logouts: number;
}

export function createProvisioning(
  database: Database,
  options: Partial<Pick<ProvisioningDeps, "batchSize" | "batchesPerTurn" | "now">> & {
    reach?: ReachCheckpoint;
  } = {},
): TestProvisioning {
  let logouts = 0;
  const deps: ProvisioningDeps = {
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
      while ((await turn(organizationId)) === "more");
    },
    get logouts() {
      return logouts;
    },
  };
}
