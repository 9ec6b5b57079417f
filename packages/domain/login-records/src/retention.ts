import type { Sql } from "@sallyport/database";

/** Nobody came back: sooner, since anybody can start a sign-in. */
const UNFINISHED_DAYS = 7;

/**
 * Deletes up to `limit` records that are older than their organization keeps them.
 * Connection by connection, each by its index. Returns how many.
 * @param defaultDays for organizations that say nothing
 */
export async function deleteOldLoginRecords(
  sql: Sql,
  now: Date,
  defaultDays: number,
  limit: number,
): Promise<number> {
  const { rows } = await sql.query<{ deleted: number }>(
    `WITH old AS MATERIALIZED (
       SELECT r.id FROM connections c
       LEFT JOIN retention_policies p ON p.organization_id = c.organization_id
       CROSS JOIN LATERAL (
         SELECT id FROM login_records
         WHERE connection_id = c.id
           AND created_at < $1::timestamptz - make_interval(days => coalesce(p.login_record_days, $2::int))
         ORDER BY created_at, id LIMIT $3::int) r
       LIMIT $3::int),
     gone AS (DELETE FROM login_records WHERE id = ANY(ARRAY(SELECT id FROM old)) RETURNING 1)
     SELECT count(*)::int AS deleted FROM gone`,
    [now, defaultDays, limit],
    "login_records_delete_old",
  );
  return rows[0]?.deleted ?? 0;
}

/** Deletes up to `limit` records of sign-ins that nobody came back from for a week. Looked for among those of two days only. */
export async function deleteUnfinishedLoginRecords(sql: Sql, now: Date, limit: number): Promise<number> {
  const { rows } = await sql.query<{ deleted: number }>(
    `WITH old AS MATERIALIZED (
       SELECT r.id FROM connections c
       CROSS JOIN LATERAL (
         SELECT id FROM login_records
         WHERE connection_id = c.id AND outcome = 'started'
           AND created_at < $1::timestamptz - make_interval(days => ${UNFINISHED_DAYS})
           AND created_at > $1::timestamptz - make_interval(days => ${UNFINISHED_DAYS + 2})
         LIMIT $2::int) r
       LIMIT $2::int),
     gone AS (DELETE FROM login_records WHERE id = ANY(ARRAY(SELECT id FROM old)) RETURNING 1)
     SELECT count(*)::int AS deleted FROM gone`,
    [now, limit],
    "login_records_delete_unfinished",
  );
  return rows[0]?.deleted ?? 0;
}

/** How many records of an organization are older than a moment; at most `most`. */
export async function countLoginRecordsBefore(
  sql: Sql,
  organizationId: string,
  before: Date,
  most: number,
): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       SELECT 1 FROM connections c
       CROSS JOIN LATERAL (
         SELECT 1 FROM login_records WHERE connection_id = c.id AND created_at < $2::timestamptz LIMIT $3::int) r
       WHERE c.organization_id = $1::uuid LIMIT $3::int) old`,
    [organizationId, before, most],
  );
  return rows[0]?.count ?? 0;
}
