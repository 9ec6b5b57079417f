import type { Sql } from "@sallyport/database";

// Younger rows were most likely asked for and are under way.
const GRACE_MS = 5_000;

/**
 * The organizations with directory rows that nobody has looked at, whatever became of the request: the net under
 * every lost job.
 */
export async function findDirtyOrganizations(sql: Sql, now: Date): Promise<string[]> {
  const { rows } = await sql.query<{ organization_id: string }>(
    `SELECT organization_id FROM directory_users WHERE generation > observed_generation AND last_modified < $1
     UNION
     SELECT organization_id FROM directory_groups WHERE generation > observed_generation AND last_modified < $1`,
    [new Date(now.getTime() - GRACE_MS)],
  );
  return rows.map((row) => row.organization_id);
}
