import type { Prisma } from "@sallyport/database";
import { type AccessPolicy, planPolicy, readPolicy, readSeatUse, setPolicy } from "@sallyport/people";
import type { z } from "zod";
import { requirePermission } from "../../access/caller.ts";
import { type PlanQuery, planPage, planView } from "../../api/plan.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { rolesByKey } from "../roles/store.ts";
import type { accessPolicy, accessPolicyPatch } from "./schema.ts";

type Patch = z.output<typeof accessPolicyPatch>;

export async function getAccessPolicy(
  { deps }: Context,
  organizationId: string,
): Promise<z.input<typeof accessPolicy>> {
  const { sql, prisma } = deps.database;
  const { defaultRoleId, precedence, seats } = await readPolicy(sql, organizationId);
  const where = { organizationId, deletedAt: null, id: { in: [...precedence.order] } };
  const known = new Set(
    (await prisma.directory.findMany({ where, select: { id: true } })).map(({ id }) => id),
  );
  const role =
    defaultRoleId === null
      ? null
      : await prisma.role.findFirst({ where: { id: defaultRoleId, organizationId }, select: { key: true } });
  return {
    defaultRole: role?.key ?? null,
    directories: {
      order: precedence.order.filter((id) => known.has(id)),
      roles: precedence.rolesFromFirst ? "first" : "all",
    },
    seats: {
      ...(seats ?? { limit: null, atLimit: "hold" }),
      ...(await readSeatUse(sql, organizationId)),
    },
  };
}

/**
 * Throws `role_unknown` and `directory_unknown`, which name the field; where the seats would change, `key_scope_insufficient`
 * to a tenant's own key and `permission_missing` to another that may not: how many they may be is not theirs to say.
 */
export async function updateAccessPolicy(context: Context, organizationId: string, patch: Patch) {
  if (patch.seats !== undefined) {
    if (context.caller.organizationId !== null) {
      throw problem("key_scope_insufficient", { field: "seats" });
    }
    requirePermission(context.caller, "organizations.seats", "seats");
  }
  await change(context, async ({ tx, sql, now, record, reconcile }) => {
    const events = await setPolicy(sql, organizationId, await policyOf(tx, organizationId, patch), now);
    for (const event of events) {
      record(event);
    }
    if (events.length > 0) {
      reconcile(organizationId);
    }
  });
  return getAccessPolicy(context, organizationId);
}

/** Who would gain or lose what by `updateAccessPolicy`. Throws what that throws, and changes nothing. */
export async function planAccessPolicy(
  { deps }: Context,
  organizationId: string,
  patch: Patch,
  query: PlanQuery,
) {
  const { database, now } = deps;
  const policy = await policyOf(database.prisma, organizationId, patch);
  return planView(
    await database.transaction((sql) => planPolicy(sql, organizationId, now(), policy, planPage(query))),
  );
}

async function policyOf(
  tx: Prisma.TransactionClient,
  organizationId: string,
  { defaultRole, directories, seats }: Patch,
): Promise<Partial<AccessPolicy>> {
  const keys = typeof defaultRole === "string" ? [defaultRole] : [];
  const [role] = await rolesByKey(tx, organizationId, keys, () => "defaultRole");
  if (directories !== undefined) {
    const where = { organizationId, deletedAt: null, id: { in: directories.order } };
    const known = new Set((await tx.directory.findMany({ where, select: { id: true } })).map(({ id }) => id));
    const unknown = directories.order.findIndex((id) => !known.has(id));
    if (unknown !== -1) {
      throw problem("directory_unknown", { field: `directories.order.${unknown}` });
    }
  }
  return {
    ...(defaultRole === undefined ? {} : { defaultRoleId: role?.id ?? null }),
    ...(directories === undefined
      ? {}
      : { precedence: { order: directories.order, rolesFromFirst: directories.roles === "first" } }),
    ...(seats === undefined ? {} : { seats }),
  };
}
