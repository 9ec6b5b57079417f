import type { Sql } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import { markGroups } from "../dirty/mark.ts";
import {
  type Ancestors,
  ancestorsOf,
  type Closure,
  MAX_PARENTS,
  NESTING_LIMITS,
  type NestingLimit,
} from "./closure.ts";

/**
 * Brings the stored ancestors of groups to what the nestings say now, and marks the groups below those whose ancestors
 * changed or that were deleted, so that a change goes down level by level, each in a batch of its own. An event tells of each
 * group that is in more groups than count.
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
    const after = wanted.get(id)?.ancestors ?? new Map<string, number>();
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
  await storeLimits(sql, organizationId, wanted);
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

/** Notes which groups are in more groups than count, and records an event for each that was not or by another limit. */
async function storeLimits(
  sql: Sql,
  organizationId: string,
  closures: ReadonlyMap<string, Closure>,
): Promise<void> {
  const { rows } = await sql.query<{ id: string; display_name: string; nesting_limit: NestingLimit | null }>(
    `WITH changed AS MATERIALIZED (
       SELECT g.id, now.nesting_limit FROM unnest($2::uuid[], $3::nesting_limit[]) AS now (id, nesting_limit)
       JOIN directory_groups g ON g.id = now.id AND g.organization_id = $1
       WHERE g.nesting_limit IS DISTINCT FROM now.nesting_limit
       ORDER BY g.id FOR NO KEY UPDATE OF g)
     UPDATE directory_groups g SET nesting_limit = changed.nesting_limit FROM changed
     WHERE g.id = changed.id AND g.organization_id = $1
     RETURNING g.id, g.display_name, g.nesting_limit`,
    [organizationId, [...closures.keys()], [...closures.values()].map(({ limit }) => limit)],
    "directories_store_nesting_limits",
  );
  await recordEvents(
    sql,
    rows.flatMap(({ id, display_name: displayName, nesting_limit: limit }) =>
      limit === null
        ? []
        : [
            {
              organizationId,
              type: "directory_group.nesting_limited" as const,
              actor: { type: "system" as const },
              resource: { type: "directoryGroup" as const, id },
              data: { displayName, limit, value: NESTING_LIMITS[limit] },
            },
          ],
    ),
  );
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
       ORDER BY n.group_id LIMIT ${MAX_PARENTS + 1}) AS parents
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
