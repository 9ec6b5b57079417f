import type { Database } from "@sallyport/database";
import { propagateGroups, START } from "@sallyport/directories";
import { lockPeople } from "@sallyport/people";
import type { ReachCheckpoint } from "./checkpoint.ts";
import { reconcileUsers } from "./users.ts";

export interface ReconcileDeps {
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

/**
 * Brings the memberships and bindings of one organization to what its directories say now. It looks at whatever is
 * marked, whoever asked, however often: so the request that leads here carries nothing.
 *
 * One transaction a batch, each whole by itself: after a crash at any point, what was committed is done and the rest is
 * still marked. Returns "more" when it stopped before all was done.
 */
export async function reconcileOrganization(
  deps: ReconcileDeps,
  organizationId: string,
): Promise<"done" | "more"> {
  // Each batch begins where the last one ended. The index still holds the marks that were taken before: to begin at the
  // start again would be to step over all of them, batch by batch.
  let after = START;
  for (let batches = 0; batches < deps.batchesPerTurn; batches++) {
    const { next, marked } = await reconcileBatch(deps, organizationId, after);
    // Behind `after` nothing is left; before it, something may have been marked meanwhile.
    if (next === null && after === START && !marked) {
      return "done";
    }
    after = next ?? START;
  }
  return "more";
}

/** Returns the id behind which to go on; null when nothing is left there. And whether the batch itself marked others. */
async function reconcileBatch(
  deps: ReconcileDeps,
  organizationId: string,
  after: string,
): Promise<{ readonly next: string | null; readonly marked: boolean }> {
  const { groups, users } = await deps.database.transaction(async (sql) => {
    await lockPeople(sql, organizationId);
    const batch = { sql, organizationId, now: deps.now(), limit: deps.batchSize, after };
    // Groups first, and all of them: they only make users dirty, and a user is to be looked at once.
    if ((await propagateGroups(batch)) === "some") {
      await deps.reach("groupsApplied");
      return { groups: true, users: { taken: 0, last: null, sessionsEnded: 0, marked: false } };
    }
    return { groups: false, users: await reconcileUsers(batch, deps.reach) };
  });
  if (users.sessionsEnded > 0) {
    deps.requestLogout();
  }
  if (groups || users.taken > 0) {
    await deps.reach("committed");
  }
  if (groups) {
    return { next: START, marked: false };
  }
  return { next: users.taken === deps.batchSize ? users.last : null, marked: users.marked };
}
