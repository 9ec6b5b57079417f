import type { Database } from "@sallyport/database";
import { type Claimed, checkClaimed, claimDue, type ResolveTxt } from "@sallyport/domains";
import type { Logger } from "@sallyport/logging";
import { isUnavailable } from "@sallyport/outage";

export interface CheckDomainsDeps {
  readonly database: Database;
  readonly resolveTxt: ResolveTxt;
  readonly now: () => Date;
  readonly log: Logger;
  readonly requestReconcile: (organizationId: string) => void;
}

// A DNS server that does not answer holds up one of them.
const AT_ONCE = 16;

/**
 * Looks for the records of domains whose check is due, until none is or `signal` aborts. May run in several processes at
 * once.
 */
export async function checkDueDomains(deps: CheckDomainsDeps, signal: AbortSignal): Promise<void> {
  const { database, now } = deps;
  const checkOneByOne = async (first: Claimed) => {
    for (let due: Claimed | undefined = first; due !== undefined; ) {
      await check(deps, due);
      [due] = signal.aborted ? [] : await claimDue(database.sql, now(), 1);
    }
  };
  await Promise.all((await claimDue(database.sql, now(), AT_ONCE)).map(checkOneByOne));
}

async function check(deps: CheckDomainsDeps, domain: Claimed): Promise<void> {
  const { database, log } = deps;
  const { id: domainId, organizationId } = domain;
  try {
    const { is } = await checkClaimed(
      { ...deps, sql: database.sql, transaction: (work) => database.transaction(work) },
      domain,
    );
    if (is === "verified") {
      log.info({ organizationId, domainId }, "A domain's record was seen");
      deps.requestReconcile(organizationId);
    }
  } catch (error) {
    if (isUnavailable(error)) {
      throw error; // what ails all of them: the job waits until it is over
    }
    // The others need not wait for what ails this one, which is due again when its lease has ended.
    log.error({ organizationId, domainId, err: error }, "A domain's record could not be looked for");
  }
}
