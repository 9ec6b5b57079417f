import { newId, type Prisma, type Sql } from "@sallyport/database";
import { markGroups } from "@sallyport/directories";
import { endMappings, lockPeople } from "@sallyport/people";
import type { z } from "zod";
import { change, lockOrganization } from "../../change.ts";
import type { Context } from "../../context.ts";
import { rolesByKey } from "../roles/store.ts";
import { groupKey, type groupMappings } from "./schema.ts";

type Mapping = z.output<typeof groupMappings>[number];
type StoredMapping = Mapping & { readonly id: string; readonly roleId: string };

/** All of them, by group and role: there are at most a thousand. */
export async function listGroupMappings(context: Context, organizationId: string) {
  return listOf(await readMappings(context.deps.database.prisma, organizationId));
}

/**
 * Replaces all mappings. Directory groups whose mappings changed are marked, so that the reconciler grants and takes
 * back roles; it waits meanwhile, and so meets a group that is just being pushed with the new ones. Throws `role_unknown` that names the field.
 */
export function replaceGroupMappings(context: Context, organizationId: string, mappings: readonly Mapping[]) {
  return change(context, async ({ tx, sql, now, record, reconcile }) => {
    await lockPeople(sql, organizationId);
    await lockOrganization(sql, organizationId);
    const roles = await rolesByKey(
      tx,
      organizationId,
      mappings.map((mapping) => mapping.role),
      (index) => `${index}.role`,
    );
    const before = await readMappings(tx, organizationId);
    const wanted = mappings.map((mapping, index) => ({
      ...mapping,
      id: newId(),
      roleId: roles[index]?.id ?? "",
    }));
    const removed = without(before, mappings);
    const added = without(wanted, before);
    await tx.groupMapping.deleteMany({ where: { organizationId, id: { in: removed.map(({ id }) => id) } } });
    await tx.groupMapping.createMany({
      data: added.map(({ id, group, roleId }) => ({
        ...{ id, organizationId, roleId },
        ...{ group, groupKey: groupKey(group) },
      })),
    });
    // Shown as it was last given; as it is compared, nothing changes with that.
    const given = new Map(mappings.map((mapping) => [pairOf(mapping), mapping.group]));
    for (const mapping of before) {
      const group = given.get(pairOf(mapping)) ?? mapping.group;
      if (group !== mapping.group) {
        await tx.groupMapping.updateMany({ where: { id: mapping.id, organizationId }, data: { group } });
      }
    }
    const ended = removed.map(({ roleId, group }) => ({ roleId, groupKey: groupKey(group) }));
    for (const event of await endMappings(sql, organizationId, ended)) {
      record(event);
    }
    const changed = [...removed, ...added];
    if (changed.length > 0) {
      const keys = [...new Set(changed.map(({ group }) => groupKey(group)))];
      await markGroupsOf(sql, organizationId, keys, now);
      reconcile(organizationId);
    }
    for (const { id, group, role } of removed) {
      const resource = { type: "groupMapping", id } as const;
      record({ organizationId, type: "group_mapping.deleted", resource, before: { group, role } });
    }
    for (const { id, group, role } of added) {
      const resource = { type: "groupMapping", id } as const;
      record({ organizationId, type: "group_mapping.created", resource, after: { group, role } });
    }
    return listOf(await readMappings(tx, organizationId));
  });
}

function listOf(mappings: readonly StoredMapping[]) {
  return { items: mappings.map(({ group, role }) => ({ group, role })), nextCursor: null };
}

async function readMappings(tx: Prisma.TransactionClient, organizationId: string): Promise<StoredMapping[]> {
  const rows = await tx.groupMapping.findMany({
    where: { organizationId },
    select: { id: true, group: true, roleId: true, role: { select: { key: true } } },
    orderBy: [{ groupKey: "asc" }, { role: { key: "asc" } }],
  });
  return rows.map(({ id, group, roleId, role }) => ({ id, group, roleId, role: role.key }));
}

/** Of the group in any case, and the role. */
function pairOf({ group, role }: Mapping): string {
  return JSON.stringify([groupKey(group), role]);
}

/** The mappings that are not among the others. */
function without<Each extends Mapping>(mappings: readonly Each[], others: readonly Mapping[]): Each[] {
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
