import { newId, type Prisma, type Role } from "@sallyport/database";
import { difference, type EventDraft, pick } from "@sallyport/events";
import type { RoleRef } from "@sallyport/people";
import type { z } from "zod";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { type Change, change, lockOrganization } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { type newRole, type rolePatch, roleView } from "./schema.ts";

/** The role that every membership has. */
export const MEMBER_ROLE = "member";

/** The roles that an organization starts with. */
export async function createFirstRoles({ tx, record }: Change, organizationId: string): Promise<void> {
  const rows = await tx.role.createManyAndReturn({
    data: [
      { id: newId(), organizationId, key: MEMBER_ROLE, name: "Member", permissions: [] },
      { id: newId(), organizationId, key: "admin", name: "Admin", permissions: [] },
    ],
  });
  for (const row of rows) {
    record(created(row));
  }
}

/**
 * Roles by their keys, in the same order. Throws `role_unknown` that names the field of the first key that the
 * organization has not.
 */
export async function rolesByKey(
  tx: Prisma.TransactionClient,
  organizationId: string,
  keys: readonly string[],
  fieldOf: (index: number) => string,
): Promise<RoleRef[]> {
  const roles = await tx.role.findMany({
    where: { organizationId, key: { in: [...new Set(keys)] } },
    select: { id: true, key: true },
  });
  const ids = new Map(roles.map((role) => [role.key, role.id]));
  return keys.map((key, index) => {
    const id = ids.get(key);
    if (id === undefined) {
      throw problem("role_unknown", { field: fieldOf(index) });
    }
    return { id, key };
  });
}

/** Throws `role_key_taken`. */
export function createRole(context: Context, organizationId: string, input: z.output<typeof newRole>) {
  return change(context, async ({ tx, record }) => {
    const [row] = await tx.role.createManyAndReturn({
      data: [{ id: newId(), organizationId, ...input }],
      skipDuplicates: true,
    });
    if (row === undefined) {
      throw problem("role_key_taken", { field: "key" });
    }
    record(created(row));
    return roleView(row);
  });
}

export async function listRoles(context: Context, organizationId: string, page: PageQuery) {
  const { where, ...rest } = pageArguments(page, "asc");
  const rows = await context.deps.database.prisma.role.findMany({
    ...rest,
    where: { organizationId, ...where },
  });
  return toPage(rows, page, roleView);
}

export async function getRole(context: Context, organizationId: string, id: string) {
  const row = await context.deps.database.prisma.role.findFirst({ where: { id, organizationId } });
  if (row === null) {
    throw problem("role_not_found");
  }
  return roleView(row);
}

export function updateRole(
  context: Context,
  organizationId: string,
  id: string,
  patch: z.output<typeof rolePatch>,
) {
  return change(context, async ({ tx, sql, record }) => {
    await lockOrganization(sql, organizationId);
    const before = await tx.role.findFirst({ where: { id, organizationId } });
    const [row] = await tx.role.updateManyAndReturn({ where: { id, organizationId }, data: patch });
    if (before === null || row === undefined) {
      throw problem("role_not_found");
    }
    const { key } = row;
    const changed = difference(pick(before, ["name", "permissions"]), pick(row, ["name", "permissions"]));
    if (changed !== null) {
      record({
        organizationId,
        type: "role.updated",
        resource: { type: "role", id },
        data: { key },
        ...changed,
      });
    }
    return roleView(row);
  });
}

/** Deletes it with its bindings and mappings. Throws `role_protected` for `member`. */
export async function deleteRole(context: Context, organizationId: string, id: string): Promise<void> {
  await change(context, async ({ tx, sql, record }) => {
    await lockOrganization(sql, organizationId);
    const row = await tx.role.findFirst({ where: { id, organizationId } });
    if (row === null) {
      throw problem("role_not_found");
    }
    if (row.key === MEMBER_ROLE) {
      throw problem("role_protected");
    }
    await tx.role.deleteMany({ where: { id, organizationId } });
    record({ organizationId, type: "role.deleted", resource: { type: "role", id }, before: toldOf(row) });
  });
}

function created(row: Role): EventDraft {
  const { organizationId, id } = row;
  return { organizationId, type: "role.created", resource: { type: "role", id }, after: toldOf(row) };
}

/** What events tell of a role. */
function toldOf(row: Role) {
  return pick(row, ["key", "name", "permissions"]);
}
