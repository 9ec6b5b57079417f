import { type Domain, isUniqueViolation } from "@sallyport/database";
import {
  type Claimed,
  challengeRecord,
  checkRecord,
  claimDomain,
  deleteDomain,
  MAX_CLAIMED,
  type Outcome,
  vouchForDomain,
} from "@sallyport/domains";
import { may } from "../../access/caller.ts";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { domainView } from "./schema.ts";

/** Adds a domain, or verifies one that the organization already had. Throws `domain_exists`, `domain_taken`, `domains_too_many`. */
export async function addDomain(context: Context, organizationId: string, name: string) {
  // An organization's own key may claim a domain, but not vouch for it.
  const vouches = may(context.caller, "domains.verify");
  try {
    return await change(context, async (within) => {
      const row = await (vouches ? vouchForDomain : claimDomain)(within, organizationId, name);
      if (row === "exists") {
        throw problem("domain_exists", { field: "name" });
      }
      if (row === "too_many") {
        throw problem("domains_too_many", { reason: `${MAX_CLAIMED} of them wait.` });
      }
      if (vouches) {
        within.reconcile(organizationId);
      }
      return domainView(row);
    });
  } catch (error) {
    if (isUniqueViolation(error)) {
      throw problem("domain_taken", { field: "name", cause: error });
    }
    throw error;
  }
}

/**
 * Verifies a domain by the record that its DNS holds. Throws `domain_not_found`, `domain_record_missing`,
 * `domain_unavailable`, `domain_taken`.
 */
export async function verifyDomain(context: Context, organizationId: string, id: string) {
  const row = await readDomain(context, organizationId, id);
  if (row.verifiedName !== null) {
    return domainView(row);
  }
  const { database, resolveTxt, now } = context.deps;
  const outcome = await checkRecord(
    {
      ...{ sql: database.sql, resolveTxt, now },
      verify: (work) =>
        change(context, async (within) => {
          const event = await work(within.sql, within.now);
          if (event !== null) {
            within.record(event);
            within.reconcile(organizationId);
          }
          return event !== null;
        }),
    },
    row,
  );
  refuse(row, outcome);
  return domainView(await readDomain(context, organizationId, id));
}

async function readDomain(context: Context, organizationId: string, id: string): Promise<Domain> {
  const row = await context.deps.database.prisma.domain.findFirst({ where: { id, organizationId } });
  if (row === null) {
    throw problem("domain_not_found");
  }
  return row;
}

function refuse(domain: Claimed, outcome: Outcome): void {
  switch (outcome.is) {
    case "verified":
      return;
    case "taken":
      throw problem("domain_taken");
    case "changed":
      throw problem("changed_meanwhile");
    case "unavailable":
      throw problem("domain_unavailable", {
        reason: `${challengeRecord(domain).name}: ${outcome.code}`,
        cause: outcome.cause,
      });
    case "missing": {
      const { found } = outcome;
      const instead =
        found.length === 0 ? "There is none." : `Found: ${found.slice(0, 3).join(", ").slice(0, 300)}`;
      throw problem("domain_record_missing", { reason: `${challengeRecord(domain).name}: ${instead}` });
    }
  }
}

export async function listDomains(context: Context, organizationId: string, page: PageQuery) {
  const { where, ...rest } = pageArguments(page, "asc");
  const rows = await context.deps.database.prisma.domain.findMany({
    ...rest,
    where: { organizationId, ...where },
  });
  return toPage(rows, page, domainView);
}

export async function removeDomain(context: Context, organizationId: string, id: string): Promise<void> {
  await change(context, async (within) => {
    if (!(await deleteDomain(within, organizationId, id))) {
      throw problem("domain_not_found");
    }
    within.reconcile(organizationId);
  });
}
