import type { Sql } from "@sallyport/database";

// A session ends some time after it began: so whatever ended before a moment began before it, too, and is found by that index.
const ENDED_BEFORE = (moment: string) => `s.created_at < ${moment} AND s.expires_at < ${moment}`;

/**
 * Deletes up to `limit` sessions that ran out longer ago than their organization keeps them, organization by organization,
 * each by its index. One that was ended before its time is kept as if it had not been. Returns how many.
 * @param defaultDays for organizations that say nothing
 */
export async function deleteOldSessions(
  sql: Sql,
  now: Date,
  defaultDays: number,
  limit: number,
): Promise<number> {
  const { rows } = await sql.query<{ deleted: number }>(
    `WITH old AS MATERIALIZED (
       SELECT r.id FROM organizations o
       LEFT JOIN retention_policies p ON p.organization_id = o.id
       CROSS JOIN LATERAL (
         SELECT s.id FROM sessions s
         WHERE s.organization_id = o.id
           AND ${ENDED_BEFORE("$1::timestamptz - make_interval(days => coalesce(p.session_days, $2::int))")}
         ORDER BY s.created_at, s.id LIMIT $3::int) r
       LIMIT $3::int),
     gone AS (DELETE FROM sessions WHERE id = ANY(ARRAY(SELECT id FROM old)) RETURNING 1)
     SELECT count(*)::int AS deleted FROM gone`,
    [now, defaultDays, limit],
    "sessions_delete_old",
  );
  return rows[0]?.deleted ?? 0;
}

/** How many sessions of an organization ran out before a moment; at most `most`. */
export async function countSessionsBefore(
  sql: Sql,
  organizationId: string,
  before: Date,
  most: number,
): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       SELECT 1 FROM sessions s WHERE s.organization_id = $1::uuid AND ${ENDED_BEFORE("$2::timestamptz")} LIMIT $3::int) old`,
    [organizationId, before, most],
  );
  return rows[0]?.count ?? 0;
}
