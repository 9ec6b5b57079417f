import type { Sql } from "@sallyport/database";

// Younger marks were most likely asked for and are under way.
const GRACE_MS = 5_000;

/**
 * The organizations with changes that nobody has looked at, whatever became of the request: the net under
 * every lost job.
 */
export async function findDirtyOrganizations(sql: Sql, now: Date): Promise<string[]> {
  const { rows } = await sql.query<{ organization_id: string }>(
    `SELECT organization_id FROM dirty_directory_users WHERE marked_at < $1
     UNION
     SELECT organization_id FROM dirty_directory_groups WHERE marked_at < $1`,
    [new Date(now.getTime() - GRACE_MS)],
  );
  return rows.map((row) => row.organization_id);
}
