import { isUniqueViolation, newId, type Organization, type Prisma, type Sql } from "@sallyport/database";
import { deleteIdentifiers } from "@sallyport/directories";
import { addFirstDomains } from "@sallyport/domains";
import { difference, noteDeletedOrganization, pick } from "@sallyport/events";
import {
  endSignInRoles,
  lockedOutBy,
  lockOrganization,
  lockPeople,
  readableAddress,
} from "@sallyport/people";
import { createFirstRoles } from "@sallyport/roles";
import { sessionsEndHere } from "@sallyport/sessions";
import type { z } from "zod";
import { requirePermission } from "../../access/caller.ts";
import { pageArguments, toPage } from "../../api/page.ts";
import { escapedForLike } from "../../api/text.ts";
import { change } from "../../change.ts";
import { type Context, reachOrganization } from "../../context.ts";
import { problem } from "../../errors.ts";
import { claimSlug, reserveSlug } from "../reserved-slugs/store.ts";
import {
  type newOrganization,
  type OrganizationsQuery,
  type organizationPatch,
  organizationView,
  type signInPlan,
  type signInPlanQuery,
  withVerifiedDomains,
} from "./schema.ts";

/** Creates it with its first roles; its domains count as verified. Throws `slug_taken`, `slug_reserved`, `domain_taken`. */
export function createOrganization(context: Context, input: z.output<typeof newOrganization>) {
  if (input.domains.length > 0) {
    requirePermission(context.caller, "domains.verify", "domains");
  }
  return change(context, async (within) => {
    const { tx, record } = within;
    const id = newId();
    const [row] = await tx.organization.createManyAndReturn({
      data: [{ id, slug: input.slug, name: input.name }],
      skipDuplicates: true,
    });
    if (row === undefined) {
      throw problem("slug_taken", { field: "slug" });
    }
    await claimSlug(tx, id, row.slug);
    record({
      organizationId: id,
      type: "organization.created",
      resource: { type: "organization", id },
      after: eventFieldsOf(row),
    });
    await createFirstRoles(within, id);
    const taken = await addFirstDomains(within, id, input.domains);
    if (taken !== undefined) {
      throw problem("domain_taken", { field: `domains.${input.domains.indexOf(taken)}` });
    }
    return organizationView({ ...row, domains: input.domains.toSorted().map((name) => ({ name })) });
  });
}

export async function listOrganizations(context: Context, { search, ...page }: OrganizationsQuery) {
  const reached = context.caller.organizationId === null ? {} : { id: context.caller.organizationId };
  const { where, ...rest } = pageArguments(page, "asc");
  const rows = await context.deps.database.prisma.organization.findMany({
    ...rest,
    where: { AND: [reached, search === undefined ? {} : named(search), where] },
    include: withVerifiedDomains,
  });
  return toPage(rows, page, organizationView);
}

function named(search: string): Prisma.OrganizationWhereInput {
  const contains = escapedForLike(search.toLowerCase());
  return {
    OR: [
      { name: { contains, mode: "insensitive" } },
      { slug: { contains } },
      { domains: { some: { name: { contains } } } },
    ],
  };
}

export async function getOrganization(context: Context, id: string) {
  const row = await context.deps.database.prisma.organization.findUnique({
    where: { id },
    include: withVerifiedDomains,
  });
  if (row === null) {
    throw problem("organization_not_found");
  }
  return organizationView(row);
}

/**
 * Throws `slug_taken`, `slug_reserved`; where the slug would change, `key_scope_insufficient` to a tenant's own key and
 * `permission_missing` to another that may not.
 */
export async function updateOrganization(
  context: Context,
  id: string,
  { expectedLockedOut, ...patch }: z.output<typeof organizationPatch>,
) {
  try {
    await change(context, async ({ tx, sql, now, record }) => {
      await lockPeople(sql, id);
      await lockOrganization(sql, id);
      const before = await tx.organization.findUnique({ where: { id } });
      if (before === null) {
        throw problem("organization_not_found");
      }
      const newSlug = patch.slug === before.slug ? undefined : patch.slug;
      if (newSlug !== undefined) {
        requireRename(context);
      }
      const lockedOut =
        patch.signIn === "directory" && before.signIn !== "directory" ? await countLockedOut(sql, id) : null;
      if (lockedOut !== null && expectedLockedOut !== undefined && lockedOut !== expectedLockedOut) {
        throw problem("locked_out_changed", { field: "expectedLockedOut", reason: `It is ${lockedOut}.` });
      }
      const row = await tx.organization.update({ where: { id }, data: patch });
      if (patch.rolesFrom === "directory") {
        for (const event of await endSignInRoles(sql, id)) {
          record(event);
        }
      }
      if (newSlug !== undefined) {
        await claimSlug(tx, id, newSlug);
        await reserveSlug(tx, id, before.slug, now);
      }
      const changed = difference(eventFieldsOf(before), eventFieldsOf(row));
      if (changed !== null) {
        record({
          organizationId: id,
          type: "organization.updated",
          resource: { type: "organization", id },
          before: changed.before,
          after: { ...changed.after, ...(lockedOut === null ? {} : { lockedOut }) },
        });
      }
    });
  } catch (error) {
    if (isUniqueViolation(error)) {
      throw problem("slug_taken", { field: "slug", cause: error });
    }
    throw error;
  }
  return getOrganization(context, id);
}

function requireRename({ caller }: Context): void {
  if (caller.organizationId !== null) {
    throw problem("key_scope_insufficient", { field: "slug" });
  }
  requirePermission(caller, "organizations.rename", "slug");
}

/**
 * Deletes it with all that is its own; that it was deleted is recorded beside it. Its sessions end before that, so that
 * applications are told. Its events go when everybody was told of them.
 */
export async function deleteOrganization(context: Context, slugOrId: string): Promise<void> {
  const { id } = await reachOrganization(context, slugOrId);
  await change(context, async ({ tx, sql, now, record, endSessions }) => {
    await lockPeople(sql, id);
    // A push holds its directory before its organization: in another order the two would wait for each other.
    await sql.query("SELECT id FROM directories WHERE organization_id = $1::uuid ORDER BY id FOR UPDATE", [
      id,
    ]);
    await sql.query("SELECT id FROM organizations WHERE id = $1::uuid FOR UPDATE", [id]);
    const row = await tx.organization.findUnique({ where: { id } });
    if (row === null) {
      throw problem("organization_not_found");
    }
    if (row.forOperators) {
      throw problem("operators_organization_required");
    }
    await endSessions(id, "all", "organization_deleted");
    await tx.organization.deleteMany({ where: { id } });
    sessionsEndHere("all");
    await reserveSlug(tx, id, row.slug, now);
    await noteDeletedOrganization(sql, { id, deletedAt: now });
    await deleteIdentifiers(sql, id);
    record({
      organizationId: null,
      type: "organization.deleted",
      resource: { type: "organization", id },
      before: eventFieldsOf(row),
    });
  });
}

/** What events tell of an organization. */
export function eventFieldsOf(row: Organization) {
  return pick(row, ["slug", "name", "signIn", "rolesFrom"]);
}

/** Who could sign in no longer if only those were let in whom directories know. */
export async function planSignIn(
  context: Context,
  id: string,
  { after, limit }: z.output<typeof signInPlanQuery>,
): Promise<z.input<typeof signInPlan>> {
  const page = { after: after ?? null, limit: limit + 1 };
  const { count, members } = await lockedOutBy(context.deps.database.sql, id, page);
  const items = members.slice(0, limit).map(({ membershipId, email, ...member }) => ({
    ...member,
    memberId: membershipId,
    email: email === null ? null : readableAddress(email),
  }));
  return { count, items, nextAfter: members.length > limit ? (items.at(-1)?.memberId ?? null) : null };
}

async function countLockedOut(sql: Sql, id: string): Promise<number> {
  return (await lockedOutBy(sql, id, { after: null, limit: 1 })).count;
}
