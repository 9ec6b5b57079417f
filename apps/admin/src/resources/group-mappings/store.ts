import { lockPeople, markGroups, newId, type Prisma, type Sql } from "@sallyport/database";
import type { z } from "zod";
import { change, lockOrganization } from "../../change.ts";
import type { Context } from "../../context.ts";
import { roleIdsByKey } from "../roles/store.ts";
import { groupKey, type groupMappings } from "./schema.ts";

type Mapping = z.output<typeof groupMappings>[number];

/** All of them, by group and role: there are at most a thousand. */
export async function listGroupMappings(context: Context, organizationId: string) {
  return { items: await readMappings(context.deps.database.prisma, organizationId), nextCursor: null };
}

/**
 * Replaces all mappings. Directory groups whose mappings changed are marked, so that the reconciler grants and takes
 * back roles; it waits meanwhile, and so meets a group that is just being pushed with the new ones. Throws `role_unknown` that names the field.
 */
export function replaceGroupMappings(context: Context, organizationId: string, mappings: readonly Mapping[]) {
  return change(context, async ({ tx, sql, now, record, reconcile }) => {
    await lockPeople(sql, organizationId);
    await lockOrganization(sql, organizationId);
    const roleIds = await roleIdsByKey(
      tx,
      organizationId,
      mappings.map((mapping) => mapping.role),
      (index) => `${index}.role`,
    );
    const before = await readMappings(tx, organizationId);
    await tx.groupMapping.deleteMany({ where: { organizationId } });
    await tx.groupMapping.createMany({
      data: mappings.map(({ group }, index) => ({
        id: newId(),
        organizationId,
        group,
        groupKey: groupKey(group),
        roleId: roleIds[index] ?? "",
      })),
    });
    const removed = without(before, mappings);
    const added = without(mappings, before);
    const changed = [...removed, ...added];
    if (changed.length > 0) {
      const keys = [...new Set(changed.map(({ group }) => groupKey(group)))];
      await markGroupsOf(sql, organizationId, keys, now);
      reconcile(organizationId);
    }
    record({
      organizationId,
      type: "group_mappings.replaced",
      resource: { type: "organization", id: organizationId },
      data: { added, removed },
    });
    return { items: await readMappings(tx, organizationId), nextCursor: null };
  });
}

async function readMappings(tx: Prisma.TransactionClient, organizationId: string): Promise<Mapping[]> {
  const rows = await tx.groupMapping.findMany({
    where: { organizationId },
    select: { group: true, role: { select: { key: true } } },
    orderBy: [{ groupKey: "asc" }, { role: { key: "asc" } }],
  });
  return rows.map((row) => ({ group: row.group, role: row.role.key }));
}

/** The mappings that are not among the others. */
function without(mappings: readonly Mapping[], others: readonly Mapping[]): Mapping[] {
  const pairOf = ({ group, role }: Mapping) => JSON.stringify([groupKey(group), role]);
  const known = new Set(others.map(pairOf));
  return mappings.filter((mapping) => !known.has(pairOf(mapping)));
}

async function markGroupsOf(
  sql: Sql,
  organizationId: string,
  groupKeys: readonly string[],
  now: Date,
): Promise<void> {
  await sql.query(
    markGroups(`
     SELECT organization_id, id, $3::timestamptz FROM directory_groups
     WHERE organization_id = $1::uuid AND display_name_key = ANY($2::text[]) AND deleted_at IS NULL
       AND directory_id IN (SELECT id FROM directories WHERE organization_id = $1::uuid)`),
    [organizationId, groupKeys, now],
  );
}
