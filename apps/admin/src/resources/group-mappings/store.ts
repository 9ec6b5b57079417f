import { newId, type Prisma, type Sql } from "@sallyport/database";
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
 * Replaces all mappings. Directory groups whose mappings changed become dirty, so that the reconciler grants and
 * takes back roles. Throws `role_unknown` that names the field.
 */
export function replaceGroupMappings(context: Context, organizationId: string, mappings: readonly Mapping[]) {
  return change(context, async ({ tx, sql, record, reconcile }) => {
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
    const changed = changedGroups(before, mappings);
    if (changed.length > 0) {
      await markGroupsDirty(sql, organizationId, changed);
      reconcile(organizationId);
    }
    record({
      organizationId,
      type: "group_mappings.replaced",
      resource: { type: "organization", id: organizationId },
      data: { before, after: mappings },
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

/** Keys of the groups that are mapped to other roles than before. */
function changedGroups(before: readonly Mapping[], after: readonly Mapping[]): string[] {
  const pairs = (mappings: readonly Mapping[]) =>
    new Map(mappings.map((mapping) => [JSON.stringify([groupKey(mapping.group), mapping.role]), mapping]));
  const [old, current] = [pairs(before), pairs(after)];
  const differing = [
    ...[...old].filter(([pair]) => !current.has(pair)),
    ...[...current].filter(([pair]) => !old.has(pair)),
  ];
  return [...new Set(differing.map(([, mapping]) => groupKey(mapping.group)))];
}

async function markGroupsDirty(
  sql: Sql,
  organizationId: string,
  groupKeys: readonly string[],
): Promise<void> {
  await sql.query(
    `UPDATE directory_groups SET generation = generation + 1
     WHERE organization_id = $1::uuid AND display_name_key = ANY($2::text[]) AND deleted_at IS NULL
       AND directory_id IN (SELECT id FROM directories WHERE organization_id = $1::uuid)`,
    [organizationId, groupKeys],
  );
}
