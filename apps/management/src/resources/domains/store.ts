import { type Domain, isUniqueViolation, newId, type Prisma } from "@sallyport/database";
import { markIdentifiedUsers } from "@sallyport/directories";
import { lockPeople, unverifyAddresses } from "@sallyport/people";
import { may } from "../../access/caller.ts";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { type Change, change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { challengeRecord, domainView } from "./schema.ts";

/** Adds domains to a new organization. Throws `domain_taken` when one counts for another. */
export async function addVerifiedDomains(
  tx: Prisma.TransactionClient,
  organizationId: string,
  names: readonly string[],
  now: Date,
): Promise<void> {
  const added = await tx.domain.createManyAndReturn({
    data: names.map((name) => ({ id: newId(), organizationId, name, verifiedName: name, verifiedAt: now })),
    skipDuplicates: true,
    select: { name: true },
  });
  const done = new Set(added.map((domain) => domain.name));
  const taken = names.findIndex((name) => !done.has(name));
  if (taken >= 0) {
    throw problem("domain_taken", { field: `domains.${taken}` });
  }
}

/** Adds a domain, or verifies one that the organization already had. Throws `domain_exists`, `domain_taken`. */
export async function addDomain(context: Context, organizationId: string, name: string) {
  // An organization's own key may claim a domain, but not vouch for it.
  const vouches = may(context.caller, "domains.verify");
  try {
    return await change(context, async (within) => {
      if (vouches) {
        await lockPeople(within.sql, organizationId);
      }
      const row = vouches
        ? await upsertVerified(within, organizationId, name)
        : await insertUnverified(within, organizationId, name);
      const about = { organizationId, resource: { type: "domain", id: row.id }, after: { name } } as const;
      if (row.isNew) {
        within.record({ ...about, type: "domain.created" });
      }
      if (vouches) {
        within.record({ ...about, type: "domain.verified" });
        await lookAgain(within, organizationId, name);
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

/** A domain, and whether the organization had not even claimed it. */
type Added = Domain & { readonly isNew: boolean };

async function upsertVerified({ tx, now }: Change, organizationId: string, name: string): Promise<Added> {
  const known = await tx.domain.findUnique({ where: { organizationId_name: { organizationId, name } } });
  if (known !== null && known.verifiedName !== null) {
    throw problem("domain_exists", { field: "name" });
  }
  const row = await tx.domain.upsert({
    where: { organizationId_name: { organizationId, name } },
    create: { id: newId(), organizationId, name, verifiedName: name, verifiedAt: now },
    update: { verifiedName: name, verifiedAt: now },
  });
  return { ...row, isNew: known === null };
}

/**
 * Verifies a domain by the record that its DNS holds. Throws `domain_not_found`, `domain_record_missing`,
 * `domain_unavailable`, `domain_taken`.
 */
export async function verifyDomain(context: Context, organizationId: string, id: string) {
  const { deps } = context;
  const row = await deps.database.prisma.domain.findFirst({ where: { id, organizationId } });
  if (row === null) {
    throw problem("domain_not_found");
  }
  if (row.verifiedName !== null) {
    return domainView(row);
  }
  const record = challengeRecord(row);
  // One record may be sent in several strings (RFC 7208, section 3.3).
  const found = (await lookUp(deps, record.name)).map((strings) => strings.join("").trim());
  if (!found.includes(record.value)) {
    const instead =
      found.length === 0 ? "There is none." : `Found: ${found.slice(0, 3).join(", ").slice(0, 300)}`;
    throw problem("domain_record_missing", { reason: `${record.name}: ${instead}` });
  }
  try {
    return await change(context, async (within) => {
      await lockPeople(within.sql, organizationId);
      const [verified] = await within.tx.domain.updateManyAndReturn({
        where: { id, organizationId, verifiedName: null },
        data: { verifiedName: row.name, verifiedAt: within.now },
      });
      if (verified === undefined) {
        throw problem("changed_meanwhile");
      }
      const resource = { type: "domain", id } as const;
      within.record({ organizationId, type: "domain.verified", resource, after: { name: row.name } });
      await lookAgain(within, organizationId, row.name);
      return domainView(verified);
    });
  } catch (error) {
    if (isUniqueViolation(error)) {
      throw problem("domain_taken", { cause: error });
    }
    throw error;
  }
}

const NO_RECORD = new Set(["ENODATA", "ENOTFOUND"]);

async function lookUp(deps: Context["deps"], name: string): Promise<string[][]> {
  try {
    return await deps.resolveTxt(name);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (NO_RECORD.has(code)) {
      return [];
    }
    throw problem("domain_unavailable", { reason: `${name}: ${code}`, cause: error });
  }
}

/**
 * Addresses of a domain that counts, or no longer does: the reconciler decides anew whether they are verified. It waits
 * meanwhile (`lockPeople`): what is being pushed just now, and is not seen here, it sees with the domain as it is then.
 */
async function lookAgain(
  { sql, now, reconcile }: Change,
  organizationId: string,
  name: string,
): Promise<void> {
  await sql.query(
    markIdentifiedUsers(`
      SELECT DISTINCT organization_id, directory_user_id, $3::timestamptz, true FROM directory_identifiers
      WHERE organization_id = $1::uuid AND value LIKE 'address:%' AND split_part(value, '@', 2) = $2 AND current`),
    [organizationId, name, now],
  );
  reconcile(organizationId);
}

async function insertUnverified({ tx }: Change, organizationId: string, name: string): Promise<Added> {
  const [row] = await tx.domain.createManyAndReturn({
    data: [{ id: newId(), organizationId, name }],
    skipDuplicates: true,
  });
  if (row === undefined) {
    throw problem("domain_exists", { field: "name" });
  }
  return { ...row, isNew: true };
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
    const { tx, sql, record } = within;
    await lockPeople(sql, organizationId);
    const row = await tx.domain.findFirst({ where: { id, organizationId } });
    const { count } = await tx.domain.deleteMany({ where: { id, organizationId } });
    if (row === null || count === 0) {
      throw problem("domain_not_found");
    }
    const resource = { type: "domain", id } as const;
    record({ organizationId, type: "domain.deleted", resource, before: { name: row.name } });
    for (const event of await unverifyAddresses(sql, organizationId, row.name)) {
      record(event);
    }
    await lookAgain(within, organizationId, row.name);
  });
}
