import type { Sql } from "@sallyport/database";
import { markGroups } from "../dirty/mark.ts";
import { type Ancestors, ancestorsOf } from "./closure.ts";

/** Groups that one group is a member of, beyond this many, count for nothing. */
const MAX_PARENTS = 100;

/**
 * Brings the stored ancestors of groups to what the nestings say now, and marks the groups below those whose ancestors
 * changed or that were deleted, so that a change goes down level by level, each in a batch of its own.
 *
 * @param groupIds of the organization; deleted ones have no ancestors
 */
export async function updateAncestors(
  sql: Sql,
  organizationId: string,
  groups: readonly { readonly id: string; readonly deleted: boolean }[],
  now: Date,
): Promise<void> {
  const living = groups.filter(({ deleted }) => !deleted).map(({ id }) => id);
  const deleted = groups.filter((group) => group.deleted).map(({ id }) => id);
  const wanted = await ancestorsOf(living, (ids) => readParents(sql, organizationId, ids));
  const stored = await readAncestors(sql, organizationId, [...living, ...deleted]);
  const coming: Row[] = [];
  const going: Row[] = [];
  for (const id of [...living, ...deleted]) {
    const after = wanted.get(id) ?? new Map<string, number>();
    const before = stored.get(id) ?? new Map<string, number>();
    coming.push(...difference(id, after, before));
    going.push(...difference(id, before, after));
  }
  if (going.length > 0) {
    await deleteAncestors(sql, organizationId, going);
    await markDeleted(sql, organizationId, [...new Set(going.map(({ ancestorId }) => ancestorId))], now);
  }
  if (coming.length > 0) {
    await insertAncestors(sql, organizationId, coming);
  }
  const changed = new Set([...coming, ...going].map(({ groupId }) => groupId));
  await markMembers(sql, organizationId, [...changed, ...deleted], now);
}

interface Row {
  readonly groupId: string;
  readonly ancestorId: string;
  readonly depth: number;
}

/** What the one has and the other has not, or at another depth. */
function difference(groupId: string, one: Ancestors, other: Ancestors): Row[] {
  return [...one]
    .filter(([ancestorId, depth]) => other.get(ancestorId) !== depth)
    .map(([ancestorId, depth]) => ({ groupId, ancestorId, depth }));
}

async function readParents(
  sql: Sql,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const { rows } = await sql.query<{ id: string; parents: string[] }>(
    `SELECT asked.id, ARRAY(
       SELECT g.id FROM directory_group_nestings n JOIN directory_groups g ON g.id = n.group_id AND g.deleted_at IS NULL
       WHERE n.member_group_id = asked.id AND n.organization_id = $1
       ORDER BY n.group_id LIMIT ${MAX_PARENTS}) AS parents
     FROM unnest($2::uuid[]) AS asked (id)`,
    [organizationId, ids],
    "directories_read_parents",
  );
  return new Map(rows.map(({ id, parents }) => [id, parents]));
}

async function readAncestors(
  sql: Sql,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, Map<string, number>>> {
  const { rows } = await sql.query<{ id: string; ancestors: Record<string, number> }>(
    `SELECT asked.id, (
       SELECT json_object_agg(a.ancestor_id, a.depth) FROM directory_group_ancestors a
       WHERE a.group_id = asked.id AND a.organization_id = $1) AS ancestors
     FROM unnest($2::uuid[]) AS asked (id)`,
    [organizationId, ids],
    "directories_read_ancestors",
  );
  return new Map(rows.map(({ id, ancestors }) => [id, new Map(Object.entries(ancestors ?? {}))]));
}

async function deleteAncestors(sql: Sql, organizationId: string, rows: readonly Row[]): Promise<void> {
  await sql.query(
    `DELETE FROM directory_group_ancestors a USING unnest($2::uuid[], $3::uuid[]) AS old (group_id, ancestor_id)
     WHERE a.group_id = old.group_id AND a.ancestor_id = old.ancestor_id AND a.organization_id = $1`,
    [organizationId, rows.map(({ groupId }) => groupId), rows.map(({ ancestorId }) => ancestorId)],
    "directories_delete_ancestors",
  );
}

async function insertAncestors(sql: Sql, organizationId: string, rows: readonly Row[]): Promise<void> {
  await sql.query(
    `INSERT INTO directory_group_ancestors (organization_id, group_id, ancestor_id, depth)
     SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::smallint[])`,
    [
      organizationId,
      rows.map(({ groupId }) => groupId),
      rows.map(({ ancestorId }) => ancestorId),
      rows.map(({ depth }) => depth),
    ],
    "directories_insert_ancestors",
  );
}

/** Deleted groups wait until nobody is below them any more: they are looked at again. */
async function markDeleted(
  sql: Sql,
  organizationId: string,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  await sql.query(
    markGroups(`SELECT $1, g.id, $3 FROM directory_groups g
                WHERE g.id = ANY($2::uuid[]) AND g.organization_id = $1 AND g.deleted_at IS NOT NULL`),
    [organizationId, ids, now],
    "directories_mark_deleted",
  );
}

/** Marks the groups that are members of these. */
async function markMembers(
  sql: Sql,
  organizationId: string,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  if (ids.length === 0) {
    return;
  }
  await sql.query(
    markGroups(`SELECT DISTINCT $1::uuid, n.member_group_id, $3::timestamptz FROM directory_group_nestings n
                WHERE n.group_id = ANY($2::uuid[]) AND n.organization_id = $1`),
    [organizationId, ids, now],
    "directories_mark_member_groups",
  );
}
