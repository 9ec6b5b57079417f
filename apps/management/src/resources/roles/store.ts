import type { Prisma } from "@sallyport/database";
import type { RoleRef } from "@sallyport/people";
import * as roles from "@sallyport/roles";
import type { z } from "zod";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { type newRole, type rolePatch, roleView } from "./schema.ts";

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
  const known = await roles.rolesByKey(tx, organizationId, keys);
  return keys.map((key, index) => {
    const role = known.get(key);
    if (role === undefined) {
      throw problem("role_unknown", { field: fieldOf(index) });
    }
    return role;
  });
}

/** Throws `role_key_taken`. */
export function createRole(context: Context, organizationId: string, input: z.output<typeof newRole>) {
  return change(context, async (transaction) => {
    const role = await roles.createRole(transaction, organizationId, input);
    if (role === null) {
      throw problem("role_key_taken", { field: "key" });
    }
    return roleView(role);
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
  return change(context, async (transaction) => {
    const role = await roles.updateRole(transaction, organizationId, id, patch);
    if (role === null) {
      throw problem("role_not_found");
    }
    return roleView(role);
  });
}

/** Deletes it with its bindings and mappings. Throws `role_protected` for `member`, `role_is_default`. */
export async function deleteRole(context: Context, organizationId: string, id: string): Promise<void> {
  await change(context, async (transaction) => {
    const outcome = await roles.deleteRole(transaction, organizationId, id, transaction.now);
    if (outcome === "not_found") {
      throw problem("role_not_found");
    }
    if (outcome === "protected") {
      throw problem("role_protected");
    }
    if (outcome === "default") {
      throw problem("role_is_default");
    }
    transaction.reconcile(organizationId);
  });
}
