import { type Database, newId, type Prisma, type Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { markGroups } from "@sallyport/directories";
import type { RecordedTransaction } from "@sallyport/events";
import {
  type AccessPlan,
  endMappings,
  type GroupMatch,
  likeOf,
  lockOrganization,
  lockPeople,
  type Mapping,
  type PlanPage,
  planGroupMappings,
  settleDefaultRole,
} from "@sallyport/people";
import { rolesByKey } from "./roles.ts";

/** Members of a group that it names (case-insensitively) have the role of that key. */
export interface GroupMapping {
  readonly group: string;
  readonly role: string;
  /** How `group` names groups. Without: `exact`. */
  readonly match?: GroupMatch;
  /** The only directory whose groups count. Without: those of all, and those that are asserted at sign-in. */
  readonly directory?: string;
}

/** Why mappings were not taken: which names a role, or a directory, that the organization has not. */
export type MappingRefusal = { readonly unknownRoleAt: number } | { readonly unknownDirectoryAt: number };

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
  return mappings.map(given);
}

/** As an administrator gives it, and events tell of it. */
function given({ group, role, match, directory }: GroupMapping) {
  return {
    ...{ group, role },
    ...(match === undefined || match === "exact" ? {} : { match }),
    ...defined({ directory }),
  };
}

/**
 * Replaces all mappings. Directory groups whose mappings changed are marked, so that the reconciler grants and takes
 * back roles; it waits meanwhile, and so meets a group that is just being pushed with the new ones.
 *
 * @returns whether any changed; or why nothing did
 */
export async function replaceGroupMappings(
  { tx, sql, record }: RecordedTransaction,
  organizationId: string,
  mappings: readonly GroupMapping[],
  now: Date,
): Promise<{ readonly changed: boolean } | MappingRefusal> {
  await lockPeople(sql, organizationId);
  await lockOrganization(sql, organizationId);
  const difference = await compareMappings(tx, organizationId, mappings);
  if (!("before" in difference)) {
    return difference;
  }
  const { before, removed, added } = difference;
  await tx.groupMapping.deleteMany({ where: { organizationId, id: { in: removed.map(({ id }) => id) } } });
  await tx.groupMapping.createMany({
    data: added.map((mapping) => {
      const { id, group, roleId } = mapping;
      const { groupKey, match, directoryId } = reasonOf(mapping);
      const pattern = likeOf({ match, groupKey });
      return { id, organizationId, roleId, group, groupKey, match, pattern, directoryId };
    }),
  });
  // Shown as it was last given; as it is compared, nothing changes with that.
  const last = new Map(mappings.map((mapping) => [identityOf(mapping), mapping.group]));
  for (const mapping of before) {
    const group = last.get(identityOf(mapping)) ?? mapping.group;
    if (group !== mapping.group) {
      await tx.groupMapping.updateMany({ where: { id: mapping.id, organizationId }, data: { group } });
    }
  }
  for (const event of await endMappings(sql, organizationId, removed.map(reasonOf))) {
    record(event);
  }
  for (const event of await settleDefaultRole(sql, organizationId, now)) {
    record(event);
  }
  await rememberEnded(sql, organizationId, removed.map(reasonOf), added.map(reasonOf), now);
  await markNamedGroups(sql, organizationId, [...removed, ...added].map(reasonOf), now);
  for (const mapping of removed) {
    record({ organizationId, type: "group_mapping.deleted", ...resourceOf(mapping), before: given(mapping) });
  }
  for (const mapping of added) {
    record({ organizationId, type: "group_mapping.created", ...resourceOf(mapping), after: given(mapping) });
  }
  return { changed: removed.length + added.length > 0 };
}

function resourceOf({ id }: StoredMapping) {
  return { resource: { type: "groupMapping", id } } as const;
}

/**
 * Ends the mappings that count for a directory alone, which is to be deleted: what its groups gave goes with these groups.
 */
export async function endMappingsOfDirectory(
  { tx, record }: RecordedTransaction,
  organizationId: string,
  directoryId: string,
): Promise<void> {
  const mappings = await readMappings(tx, organizationId, directoryId);
  await tx.groupMapping.deleteMany({ where: { organizationId, directoryId } });
  for (const mapping of mappings) {
    record({ organizationId, type: "group_mapping.deleted", ...resourceOf(mapping), before: given(mapping) });
  }
}

interface MappingDifference {
  readonly before: readonly StoredMapping[];
  readonly wanted: readonly StoredMapping[];
  readonly removed: readonly StoredMapping[];
  readonly added: readonly StoredMapping[];
}

/** What replacing all mappings would change; or which mapping names what the organization has not. */
async function compareMappings(
  tx: Prisma.TransactionClient,
  organizationId: string,
  mappings: readonly GroupMapping[],
): Promise<MappingDifference | MappingRefusal> {
  const roles = await rolesByKey(
    tx,
    organizationId,
    mappings.map((mapping) => mapping.role),
  );
  const unknownRoleAt = mappings.findIndex(({ role }) => !roles.has(role));
  if (unknownRoleAt !== -1) {
    return { unknownRoleAt };
  }
  const unknownDirectoryAt = await unknownDirectory(tx, organizationId, mappings);
  if (unknownDirectoryAt !== -1) {
    return { unknownDirectoryAt };
  }
  const before = await readMappings(tx, organizationId);
  const wanted = mappings.map((mapping) => ({
    ...mapping,
    id: newId(),
    roleId: roles.get(mapping.role)?.id ?? "",
  }));
  return { before, wanted, removed: without(before, mappings), added: without(wanted, before) };
}

/** Which mapping is limited to a directory that the organization has not; -1: none. */
async function unknownDirectory(
  tx: Prisma.TransactionClient,
  organizationId: string,
  mappings: readonly GroupMapping[],
): Promise<number> {
  const asked = mappings.flatMap(({ directory }) => (directory === undefined ? [] : [directory]));
  if (asked.length === 0) {
    return -1;
  }
  const rows = await tx.directory.findMany({
    where: { organizationId, id: { in: asked }, deletedAt: null },
    select: { id: true },
  });
  const known = new Set(rows.map(({ id }) => id));
  return mappings.findIndex(({ directory }) => directory !== undefined && !known.has(directory));
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
): Promise<AccessPlan | MappingRefusal> {
  const difference = await compareMappings(database.prisma, organizationId, mappings);
  if (!("before" in difference)) {
    return difference;
  }
  const change = {
    mappings: difference.wanted.map(reasonOf),
    added: difference.added.map(reasonOf),
    removed: difference.removed.map(reasonOf),
  };
  return database.transaction((sql) => planGroupMappings(sql, organizationId, now, change, page));
}

/** A role lost because a mapping was deleted was taken by an administrator: no directory's guard holds that. */
async function rememberEnded(
  sql: Sql,
  organizationId: string,
  removed: readonly Mapping[],
  added: readonly Mapping[],
  now: Date,
): Promise<void> {
  const columns = (mappings: readonly Mapping[]) => [
    mappings.map(({ groupKey }) => groupKey),
    mappings.map(({ match }) => match),
    mappings.map(({ directoryId }) => directoryId),
    mappings.map(({ roleId }) => roleId),
  ];
  if (removed.length > 0) {
    await sql.query(
      `INSERT INTO ended_mappings (organization_id, group_key, match, directory_id, role_id, ended_at)
       SELECT $1::uuid, ended.*, $6::timestamptz
       FROM unnest($2::text[], $3::group_match[], $4::uuid[], $5::uuid[]) AS ended (group_key, match, directory_id, role_id)
       ON CONFLICT (organization_id, group_key, role_id, match, directory_id) DO UPDATE SET ended_at = excluded.ended_at`,
      [organizationId, ...columns(removed), now],
    );
  }
  if (added.length > 0) {
    await sql.query(
      `DELETE FROM ended_mappings e
       USING unnest($2::text[], $3::group_match[], $4::uuid[], $5::uuid[]) AS back (group_key, match, directory_id, role_id)
       WHERE e.organization_id = $1::uuid AND e.group_key = back.group_key AND e.role_id = back.role_id
         AND e.match = back.match AND e.directory_id IS NOT DISTINCT FROM back.directory_id`,
      [organizationId, ...columns(added)],
    );
  }
}

function reasonOf({ group, roleId, match = "exact", directory }: StoredMapping): Mapping {
  return { roleId, groupKey: groupKey(group), match, directoryId: directory ?? null };
}

async function readMappings(
  tx: Prisma.TransactionClient,
  organizationId: string,
  directoryId?: string,
): Promise<StoredMapping[]> {
  const rows = await tx.groupMapping.findMany({
    // One of a directory that was deleted meanwhile is no more.
    where: {
      organizationId,
      ...(directoryId === undefined
        ? { OR: [{ directoryId: null }, { directory: { deletedAt: null } }] }
        : { directoryId }),
    },
    select: {
      ...{ id: true, group: true, match: true, directoryId: true, roleId: true },
      role: { select: { key: true } },
    },
    orderBy: [
      { groupKey: "asc" },
      { role: { key: "asc" } },
      { match: "asc" },
      { directoryId: { sort: "asc", nulls: "first" } },
    ],
  });
  return rows.map(({ id, group, match, directoryId: directory, roleId, role }) => ({
    ...{ id, group, match, roleId, role: role.key },
    ...(directory === null ? {} : { directory }),
  }));
}

/** What makes a mapping the same as another: the group in any case, how it is named, the directory, and the role. */
export function identityOf({ group, role, match = "exact", directory }: GroupMapping): string {
  return JSON.stringify([groupKey(group), role, match, directory ?? null]);
}

/** The mappings that are not among the others. */
function without<Each extends GroupMapping>(
  mappings: readonly Each[],
  others: readonly GroupMapping[],
): Each[] {
  const known = new Set(others.map(identityOf));
  return mappings.filter((mapping) => !known.has(identityOf(mapping)));
}

/** The directories' groups that a mapping would name: how many, and the first by name. */
export async function findNamedGroups(
  sql: Sql,
  organizationId: string,
  { group, match = "exact", directory }: Pick<GroupMapping, "group" | "match" | "directory">,
  limit: number,
): Promise<{
  readonly count: number;
  readonly items: { readonly name: string; readonly directory: string }[];
}> {
  const naming = { match, groupKey: groupKey(group) };
  const { rows } = await sql.query<{ name: string; directory: string; count: number }>(
    `SELECT display_name AS name, directory_id AS directory, (count(*) OVER ())::int AS count FROM directory_groups
     WHERE organization_id = $1::uuid AND deleted_at IS NULL
       AND CASE WHEN $3::text IS NULL THEN display_name_key = $2::text ELSE display_name_key LIKE $3::text END
       AND directory_id IN (SELECT id FROM directories WHERE organization_id = $1::uuid AND deleted_at IS NULL
                              AND ($4::uuid IS NULL OR id = $4::uuid))
     ORDER BY display_name_key, id LIMIT $5::int`,
    [organizationId, naming.groupKey, likeOf(naming), directory ?? null, limit],
  );
  return {
    count: rows[0]?.count ?? 0,
    items: rows.map((row) => ({ name: row.name, directory: row.directory })),
  };
}

async function markNamedGroups(
  sql: Sql,
  organizationId: string,
  mappings: readonly Mapping[],
  now: Date,
): Promise<void> {
  if (mappings.length === 0) {
    return;
  }
  const keys = mappings.filter(({ match }) => match === "exact").map((mapping) => mapping.groupKey);
  const patterns = mappings.map(likeOf).filter((pattern) => pattern !== null);
  await sql.query(
    markGroups(`
     SELECT organization_id, id, $3::timestamptz FROM (
       SELECT organization_id, id FROM directory_groups
       WHERE organization_id = $1::uuid AND display_name_key = ANY($2::text[]) AND deleted_at IS NULL
         AND directory_id IN (SELECT id FROM directories WHERE organization_id = $1::uuid)
       UNION
       SELECT organization_id, id FROM directory_groups
       WHERE cardinality($4::text[]) > 0 AND organization_id = $1::uuid AND display_name_key LIKE ANY($4::text[])
         AND deleted_at IS NULL AND directory_id IN (SELECT id FROM directories WHERE organization_id = $1::uuid)) AS named`),
    [organizationId, [...new Set(keys)], now, [...new Set(patterns)]],
  );
}
