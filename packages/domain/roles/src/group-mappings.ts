import { type Database, newId, type Prisma, type Sql } from "@sallyport/database";
import { markGroups } from "@sallyport/directories";
import type { RecordedTransaction } from "@sallyport/events";
import {
  type AccessPlan,
  type EndedMapping,
  endMappings,
  lockOrganization,
  lockPeople,
  type PlanPage,
  planGroupMappings,
} from "@sallyport/people";
import { rolesByKey } from "./roles.ts";

/** Whoever is in a group of that name, in any case, has the role of that key. */
export interface GroupMapping {
  readonly group: string;
  readonly role: string;
}

interface StoredMapping extends GroupMapping {
  readonly id: string;
  readonly roleId: string;
}

/** Groups are compared without case, as SCIM does (RFC 7643 §4.2). */
export function groupKey(name: string): string {
  return name.toLowerCase();
}

/** All of an organization, by group and role. */
export async function readGroupMappings(
  tx: Prisma.TransactionClient,
  organizationId: string,
): Promise<GroupMapping[]> {
  const mappings = await readMappings(tx, organizationId);
  return mappings.map(({ group, role }) => ({ group, role }));
}

/**
 * Replaces all mappings. Directory groups whose mappings changed are marked, so that the reconciler grants and takes
 * back roles; it waits meanwhile, and so meets a group that is just being pushed with the new ones.
 *
 * @returns whether any changed; or, where nothing did since the organization has no such role, which mapping names it
 */
export async function replaceGroupMappings(
  { tx, sql, record }: RecordedTransaction,
  organizationId: string,
  mappings: readonly GroupMapping[],
  now: Date,
): Promise<{ readonly changed: boolean } | { readonly unknownRoleAt: number }> {
  await lockPeople(sql, organizationId);
  await lockOrganization(sql, organizationId);
  const difference = await compareMappings(tx, organizationId, mappings);
  if ("unknownRoleAt" in difference) {
    return difference;
  }
  const { before, removed, added } = difference;
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
  for (const event of await endMappings(sql, organizationId, removed.map(reasonOf))) {
    record(event);
  }
  await rememberEnded(sql, organizationId, removed.map(reasonOf), added.map(reasonOf), now);
  const changed = [...removed, ...added];
  if (changed.length > 0) {
    const keys = [...new Set(changed.map(({ group }) => groupKey(group)))];
    await markGroupsNamed(sql, organizationId, keys, now);
  }
  for (const { id, group, role } of removed) {
    const resource = { type: "groupMapping", id } as const;
    record({ organizationId, type: "group_mapping.deleted", resource, before: { group, role } });
  }
  for (const { id, group, role } of added) {
    const resource = { type: "groupMapping", id } as const;
    record({ organizationId, type: "group_mapping.created", resource, after: { group, role } });
  }
  return { changed: changed.length > 0 };
}

interface MappingDifference {
  readonly before: readonly StoredMapping[];
  readonly wanted: readonly StoredMapping[];
  readonly removed: readonly StoredMapping[];
  readonly added: readonly StoredMapping[];
}

/** What replacing all mappings would change; or which mapping names a role that the organization has not. */
async function compareMappings(
  tx: Prisma.TransactionClient,
  organizationId: string,
  mappings: readonly GroupMapping[],
): Promise<MappingDifference | { readonly unknownRoleAt: number }> {
  const roles = await rolesByKey(
    tx,
    organizationId,
    mappings.map((mapping) => mapping.role),
  );
  const unknownRoleAt = mappings.findIndex(({ role }) => !roles.has(role));
  if (unknownRoleAt !== -1) {
    return { unknownRoleAt };
  }
  const before = await readMappings(tx, organizationId);
  const wanted = mappings.map(({ group, role }) => ({
    ...{ group, role },
    id: newId(),
    roleId: roles.get(role)?.id ?? "",
  }));
  return { before, wanted, removed: without(before, mappings), added: without(wanted, before) };
}

/**
 * Who would gain or lose which roles if these mappings replaced all there are, by the decision that the reconciler makes.
 * Changes nothing; refuses what `replaceGroupMappings` refuses.
 */
export async function planMappings(
  database: Database,
  organizationId: string,
  mappings: readonly GroupMapping[],
  now: Date,
  page: PlanPage,
): Promise<AccessPlan | { readonly unknownRoleAt: number }> {
  const difference = await compareMappings(database.prisma, organizationId, mappings);
  if ("unknownRoleAt" in difference) {
    return difference;
  }
  const change = {
    mappings: difference.wanted.map(reasonOf),
    added: difference.added.map(reasonOf),
    removed: difference.removed.map(reasonOf),
  };
  return database.transaction((sql) => planGroupMappings(sql, organizationId, now, change, page));
}

/** Who loses a role by a mapping that is no more loses it by an administrator: no directory's guard holds that. */
async function rememberEnded(
  sql: Sql,
  organizationId: string,
  removed: readonly EndedMapping[],
  added: readonly EndedMapping[],
  now: Date,
): Promise<void> {
  const columns = (mappings: readonly EndedMapping[]) => [
    mappings.map(({ groupKey }) => groupKey),
    mappings.map(({ roleId }) => roleId),
  ];
  if (removed.length > 0) {
    await sql.query(
      `INSERT INTO ended_mappings (organization_id, group_key, role_id, ended_at)
       SELECT $1::uuid, group_key, role_id, $4::timestamptz FROM unnest($2::text[], $3::uuid[]) AS ended (group_key, role_id)
       ON CONFLICT (organization_id, group_key, role_id) DO UPDATE SET ended_at = excluded.ended_at`,
      [organizationId, ...columns(removed), now],
    );
  }
  if (added.length > 0) {
    await sql.query(
      `DELETE FROM ended_mappings e USING unnest($2::text[], $3::uuid[]) AS back (group_key, role_id)
       WHERE e.organization_id = $1::uuid AND e.group_key = back.group_key AND e.role_id = back.role_id`,
      [organizationId, ...columns(added)],
    );
  }
}

function reasonOf({ group, roleId }: StoredMapping) {
  return { roleId, groupKey: groupKey(group) };
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
function pairOf({ group, role }: GroupMapping): string {
  return JSON.stringify([groupKey(group), role]);
}

/** The mappings that are not among the others. */
function without<Each extends GroupMapping>(
  mappings: readonly Each[],
  others: readonly GroupMapping[],
): Each[] {
  const known = new Set(others.map(pairOf));
  return mappings.filter((mapping) => !known.has(pairOf(mapping)));
}

async function markGroupsNamed(
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
