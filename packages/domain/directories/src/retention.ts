import type { Sql } from "@sallyport/database";

/**
 * Deletes up to `limit` logged requests that are older than their organization keeps them, directory by directory, each by
 * its index. Returns how many.
 * @param defaultDays for organizations that say nothing
 */
export async function deleteOldRequests(
  sql: Sql,
  now: Date,
  defaultDays: number,
  limit: number,
): Promise<number> {
  const { rows } = await sql.query<{ deleted: number }>(
    `WITH old AS MATERIALIZED (
       SELECT r.id FROM directories d
       LEFT JOIN retention_policies p ON p.organization_id = d.organization_id
       CROSS JOIN LATERAL (
         SELECT id FROM scim_requests
         WHERE directory_id = d.id
           AND created_at < $1::timestamptz - make_interval(days => coalesce(p.scim_request_days, $2::int))
         ORDER BY created_at, id LIMIT $3::int) r
       LIMIT $3::int),
     gone AS (DELETE FROM scim_requests WHERE id = ANY(ARRAY(SELECT id FROM old)) RETURNING 1)
     SELECT count(*)::int AS deleted FROM gone`,
    [now, defaultDays, limit],
    "scim_requests_delete_old",
  );
  return rows[0]?.deleted ?? 0;
}

/** How many logged requests of an organization are older than a moment; at most `most`. */
export async function countRequestsBefore(
  sql: Sql,
  organizationId: string,
  before: Date,
  most: number,
): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       SELECT 1 FROM directories d
       CROSS JOIN LATERAL (
         SELECT 1 FROM scim_requests WHERE directory_id = d.id AND created_at < $2::timestamptz LIMIT $3::int) r
       WHERE d.organization_id = $1::uuid LIMIT $3::int) old`,
    [organizationId, before, most],
  );
  return rows[0]?.count ?? 0;
}
