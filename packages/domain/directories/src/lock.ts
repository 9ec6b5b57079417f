import type { Sql } from "@sallyport/database";

/**
 * Lets the transactions that change one directory, or make tokens or clients of it, follow one another. Resolves to false
 * where the organization has no such directory.
 */
export async function lockDirectory(sql: Sql, organizationId: string, directoryId: string): Promise<boolean> {
  const { rows } = await sql.query(
    `SELECT id FROM directories
     WHERE id = $1::uuid AND organization_id = $2::uuid AND deleted_at IS NULL FOR NO KEY UPDATE`,
    [directoryId, organizationId],
  );
  return rows.length > 0;
}
