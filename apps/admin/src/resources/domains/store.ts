import {
  type Domain,
  isUniqueViolation,
  lockPeople,
  markUsers,
  newId,
  type Prisma,
} from "@sallyport/database";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { type Change, change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { domainView } from "./schema.ts";

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
  if (taken >= 0) throw problem("domain_taken", { field: `domains.${taken}` });
}

/** Adds a domain, or verifies one that the organization already had. Throws `domain_exists`, `domain_taken`. */
export async function addDomain(context: Context, organizationId: string, name: string) {
  // An organization's own key may claim a domain, but not vouch for it.
  const operator = context.caller.organizationId === null;
  try {
    return await change(context, async (within) => {
      if (operator) await lockPeople(within.sql, organizationId);
      const row = operator
        ? await upsertVerified(within, organizationId, name)
        : await insertUnverified(within, organizationId, name);
      within.recordUncatalogued({
        organizationId,
        type: operator ? "domain.verified" : "domain.added",
        resource: { type: "domain", id: row.id },
        data: { name },
      });
      if (operator) await lookAgain(within, organizationId, name);
      return domainView(row);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw problem("domain_taken", { field: "name", cause: error });
    throw error;
  }
}

async function upsertVerified({ tx, now }: Change, organizationId: string, name: string): Promise<Domain> {
  const known = await tx.domain.findUnique({ where: { organizationId_name: { organizationId, name } } });
  if (known !== null && known.verifiedName !== null) throw problem("domain_exists", { field: "name" });
  return tx.domain.upsert({
    where: { organizationId_name: { organizationId, name } },
    create: { id: newId(), organizationId, name, verifiedName: name, verifiedAt: now },
    update: { verifiedName: name, verifiedAt: now },
  });
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
    markUsers(`SELECT organization_id, id, $3::timestamptz FROM directory_users
               WHERE organization_id = $1::uuid AND split_part(email, '@', 2) = $2`),
    [organizationId, name, now],
  );
  reconcile(organizationId);
}

async function insertUnverified({ tx }: Change, organizationId: string, name: string): Promise<Domain> {
  const [row] = await tx.domain.createManyAndReturn({
    data: [{ id: newId(), organizationId, name }],
    skipDuplicates: true,
  });
  if (row === undefined) throw problem("domain_exists", { field: "name" });
  return row;
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
    const { tx, sql, recordUncatalogued } = within;
    await lockPeople(sql, organizationId);
    const row = await tx.domain.findFirst({ where: { id, organizationId } });
    const { count } = await tx.domain.deleteMany({ where: { id, organizationId } });
    if (row === null || count === 0) throw problem("domain_not_found");
    recordUncatalogued({
      organizationId,
      type: "domain.removed",
      resource: { type: "domain", id },
      data: { name: row.name },
    });
    // What nobody vouches for any more is unverified at once, whoever made the user.
    await sql.query(
      `UPDATE users SET email_verified = false
       WHERE organization_id = $1::uuid AND email_verified AND split_part(email, '@', 2) = $2`,
      [organizationId, row.name],
    );
    await lookAgain(within, organizationId, row.name);
  });
}
