import {
  claimDue,
  type DueConnection,
  LEASE_MS,
  postpone,
  type RefreshDeps,
  refreshMetadata,
} from "@sallyport/connections/idp-metadata";
import type { Logger } from "@sallyport/logging";
import { isUnavailable } from "@sallyport/outage";

export interface MetadataDeps extends RefreshDeps {
  readonly log: Logger;
}

// One that is slow holds up itself alone; many slow ones leave the database and the network to others.
const AT_ONCE = 16;
const HOUR_MS = 3_600_000;

/**
 * Has connections follow their identity providers' metadata, until nothing is due or `signal` aborts. May run in several
 * processes at once.
 */
export async function refreshDueMetadata(deps: MetadataDeps, signal: AbortSignal): Promise<void> {
  const take = (limit: number) => claimDue(deps.database.sql, { now: deps.now(), limit, leaseMs: LEASE_MS });
  const refreshOneByOne = async (first: DueConnection) => {
    for (let due: DueConnection | undefined = first; due !== undefined; ) {
      await refresh(deps, due);
      [due] = signal.aborted ? [] : await take(1);
    }
  };
  await Promise.all((await take(AT_ONCE)).map(refreshOneByOne));
}

async function refresh(deps: MetadataDeps, { active, ...connection }: DueConnection): Promise<void> {
  const { database, log, now } = deps;
  if (!active) {
    return postpone(database.sql, connection, new Date(now().getTime() + HOUR_MS));
  }
  try {
    const outcome = await refreshMetadata(deps, connection, { actor: { type: "system" } });
    if (outcome !== "unchanged") {
      log.info({ ...connection, outcome }, "Identity provider's metadata");
    }
  } catch (error) {
    if (isUnavailable(error)) {
      throw error; // what ails all of them: the job waits until it is over
    }
    // The others need not wait for what ails this one, which is due again when its lease has ended.
    log.error({ ...connection, err: error }, "An identity provider's metadata could not be refreshed");
  }
}
