import { type Database, lockPeople, type Sql } from "@sallyport/database";
import type { ReachCheckpoint } from "../checkpoint.ts";
import { observeGroups } from "./groups.ts";
import { observeUsers } from "./users.ts";

export interface ProvisioningDeps {
  readonly database: Database;
  readonly now: () => Date;
  /** After the commit of a batch that ended sessions. */
  readonly requestLogout: () => void;
  /** Directory users in one transaction. */
  readonly batchSize: number;
  /** Batches after which other organizations have their turn. */
  readonly batchesPerTurn: number;
  readonly reach: ReachCheckpoint;
}

/** What one batch of an organization's work sees. */
export interface Batch {
  readonly sql: Sql;
  readonly organizationId: string;
  readonly now: Date;
  readonly limit: number;
}

/**
 * Brings the memberships and bindings of one organization to what its directories say now. It looks at whatever rows
 * are above their observed generation, whoever asked, however often: so the request that leads here carries nothing.
 *
 * One transaction a batch, each whole by itself: after a crash at any point, what was committed is observed and the
 * rest is still dirty. Returns "more" when it stopped before all was done.
 */
export async function reconcileOrganization(
  deps: ProvisioningDeps,
  organizationId: string,
): Promise<"done" | "more"> {
  for (let batches = 0; batches < deps.batchesPerTurn; batches++) {
    // Groups first, and all of them: they only make users dirty, and a user is to be looked at once.
    if ((await groupBatch(deps, organizationId)) === "more") continue;
    if ((await userBatch(deps, organizationId)) === "done") return "done";
  }
  return "more";
}

async function groupBatch(deps: ProvisioningDeps, organizationId: string): Promise<"done" | "more"> {
  const progress = await inTurn(deps, organizationId, async (batch) => {
    const result = await observeGroups(batch);
    if (result.observed > 0) await deps.reach("groupsApplied");
    return result;
  });
  if (progress.observed > 0) await deps.reach("groupsCommitted");
  return progress.more ? "more" : "done";
}

async function userBatch(deps: ProvisioningDeps, organizationId: string): Promise<"done" | "more"> {
  const { observed, sessionsEnded } = await inTurn(deps, organizationId, (batch) =>
    observeUsers(batch, deps.reach),
  );
  if (sessionsEnded > 0) deps.requestLogout();
  if (observed > 0) await deps.reach("usersCommitted");
  return observed < deps.batchSize ? "done" : "more";
}

function inTurn<Result>(
  deps: ProvisioningDeps,
  organizationId: string,
  work: (batch: Batch) => Promise<Result>,
): Promise<Result> {
  return deps.database.transaction(async (sql) => {
    await lockPeople(sql, organizationId);
    return work({ sql, organizationId, now: deps.now(), limit: deps.batchSize });
  });
}
