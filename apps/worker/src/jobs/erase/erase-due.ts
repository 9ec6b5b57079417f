import { CLAIM_MS, DEFAULT_RETENTION, erase } from "@sallyport/erasure";
import { outageOf } from "@sallyport/outage";
import { claimDueErasure, deleteNameless } from "@sallyport/people";
import type { WorkerServices } from "../../services.ts";

export interface ErasedPeople {
  readonly erased: number;
  /** They were deleted, and are back. */
  readonly back: number;
  readonly failed: number;
}

/**
 * Erases whoever is due, one person after the other: each is claimed before, so any number of processes may do it at once,
 * and one that dies leaves its person to another.
 */
export async function eraseDue(
  {
    database,
    log,
    now,
    publicUrl,
    requestLogout,
    secrets,
  }: Pick<WorkerServices, "database" | "log" | "now" | "publicUrl" | "requestLogout" | "secrets">,
  signal?: AbortSignal,
): Promise<ErasedPeople> {
  let erased = 0;
  let back = 0;
  let failed = 0;
  await deleteNameless(database.sql);
  while (signal?.aborted !== true) {
    const claimedUntil = new Date(now().getTime() + CLAIM_MS);
    const due = await claimDueErasure(database.sql, now(), claimedUntil, DEFAULT_RETENTION.deletedPeople);
    if (due === null) {
      break;
    }
    try {
      const origin = { actor: { type: "system" } } as const;
      const done = await erase({ database, publicUrl, secrets, now }, due, { origin });
      erased += done.outcome === "erased" ? 1 : 0;
      back += done.outcome === "back" ? 1 : 0;
      if (done.outcome === "erased" && done.sessionsEnded > 0) {
        requestLogout();
      }
    } catch (error) {
      if (outageOf(error) !== undefined) {
        throw error;
      }
      // One who cannot be erased keeps nobody else from it: claimed as they are, the others come first.
      log.error({ err: error, userId: due.userId }, "A person could not be erased; it is tried again");
      failed += 1;
    }
  }
  return { erased, back, failed };
}
