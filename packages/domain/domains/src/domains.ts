import { type Domain, newId, type Prisma, type Sql } from "@sallyport/database";
import { markIdentifiedUsers } from "@sallyport/directories";
import type { EventDraft, RecordedTransaction } from "@sallyport/events";
import { lockOrganization, lockPeople, unverifyAddresses } from "@sallyport/people";
import { nextCheck } from "./schedule.ts";

/** Of one organization: each is looked for in the DNS, and those that count are not among them. */
export const MAX_CLAIMED = 100;

/** A transaction at one time, by the caller's clock. */
type Transaction = RecordedTransaction & { readonly now: Date };

/** Adds domains that an operator vouches for to a new organization. Returns the first that counts for another one. */
export async function addFirstDomains(
  { tx, record, now }: Transaction,
  organizationId: string,
  names: readonly string[],
): Promise<string | undefined> {
  const added = await tx.domain.createManyAndReturn({
    data: names.map((name) => ({ id: newId(), organizationId, name, verifiedName: name, verifiedAt: now })),
    skipDuplicates: true,
  });
  const done = new Set(added.map(({ name }) => name));
  for (const domain of added.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    record(fact("domain.created", domain));
    record(fact("domain.verified", domain));
  }
  return names.find((name) => !done.has(name));
}

/** Adds a domain that does not count until its record is seen. */
export async function claimDomain(
  { tx, sql, record, now }: Transaction,
  organizationId: string,
  name: string,
): Promise<Domain | "exists" | "too_many"> {
  await lockOrganization(sql, organizationId);
  if ((await tx.domain.count({ where: { organizationId, verifiedName: null } })) >= MAX_CLAIMED) {
    return "too_many";
  }
  const [row] = await tx.domain.createManyAndReturn({
    data: [{ id: newId(), organizationId, name, createdAt: now, nextCheckAt: nextCheck(now, now) }],
    skipDuplicates: true,
  });
  if (row === undefined) {
    return "exists";
  }
  record(fact("domain.created", row));
  return row;
}

/**
 * Adds a domain that an operator vouches for, or has one count that the organization has claimed. Throws a unique violation
 * where it counts for another organization.
 */
export async function vouchForDomain(
  { tx, sql, record, now }: Transaction,
  organizationId: string,
  name: string,
): Promise<Domain | "exists"> {
  await lockPeople(sql, organizationId);
  const known = await tx.domain.findUnique({ where: { organizationId_name: { organizationId, name } } });
  if (known !== null && known.verifiedName !== null) {
    return "exists";
  }
  const verified = { verifiedName: name, verifiedAt: now, ...NOT_CHECKED };
  const row = await tx.domain.upsert({
    where: { organizationId_name: { organizationId, name } },
    create: { id: newId(), organizationId, name, ...verified },
    update: verified,
  });
  if (known === null) {
    record(fact("domain.created", row));
  }
  record(fact("domain.verified", row));
  await lookAgain(sql, row, now);
  return row;
}

const NOT_CHECKED = {
  nextCheckAt: null,
  checkedAt: null,
  checkOutcome: null,
} satisfies Prisma.DomainUpdateInput;

/**
 * Has a domain count whose record was seen; null where it was removed or verified meanwhile. Throws a unique violation where
 * it counts for another organization. The reconciler is to look at the organization after the commit.
 */
export async function verifyClaimed(
  sql: Sql,
  domain: Pick<Domain, "id" | "organizationId" | "name">,
  now: Date,
): Promise<EventDraft | null> {
  await lockPeople(sql, domain.organizationId);
  const { rows } = await sql.query(
    `UPDATE domains SET verified_name = name, verified_at = $3::timestamptz,
            next_check_at = NULL, checked_at = NULL, check_outcome = NULL
     WHERE id = $1::uuid AND organization_id = $2::uuid AND verified_name IS NULL
     RETURNING id`,
    [domain.id, domain.organizationId, now],
  );
  if (rows.length === 0) {
    return null;
  }
  await lookAgain(sql, domain, now);
  return fact("domain.verified", domain);
}

/** False where the organization has no such domain. The reconciler is to look at the organization after the commit. */
export async function deleteDomain(
  { tx, sql, record, now }: Transaction,
  organizationId: string,
  id: string,
): Promise<boolean> {
  await lockPeople(sql, organizationId);
  const row = await tx.domain.findFirst({ where: { id, organizationId } });
  const { count } = await tx.domain.deleteMany({ where: { id, organizationId } });
  if (row === null || count === 0) {
    return false;
  }
  const resource = { type: "domain", id } as const;
  record({ organizationId, type: "domain.deleted", resource, before: { name: row.name } });
  for (const event of await unverifyAddresses(sql, organizationId, row.name)) {
    record(event);
  }
  await lookAgain(sql, row, now);
  return true;
}

/**
 * Addresses of a domain that counts, or no longer does: the reconciler decides anew whether they are verified. It waits
 * meanwhile (`lockPeople`): what is being pushed just now, and is not seen here, it sees with the domain as it is then.
 */
async function lookAgain(
  sql: Sql,
  { organizationId, name }: Pick<Domain, "organizationId" | "name">,
  now: Date,
): Promise<void> {
  await sql.query(
    markIdentifiedUsers(`
      SELECT DISTINCT organization_id, directory_user_id, $3::timestamptz, true FROM directory_identifiers
      WHERE organization_id = $1::uuid AND value LIKE 'address:%' AND split_part(value, '@', 2) = $2 AND current`),
    [organizationId, name, now],
  );
}

function fact(
  type: "domain.created" | "domain.verified",
  { organizationId, id, name }: Pick<Domain, "id" | "organizationId" | "name">,
): EventDraft {
  return { organizationId, type, resource: { type: "domain", id }, after: { name } };
}
