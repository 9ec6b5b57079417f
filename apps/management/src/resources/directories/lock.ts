import type { Sql } from "@sallyport/database";
import { problem } from "../../errors.ts";

/** Lets the transactions that make tokens or clients of one directory follow one another. Throws `directory_not_found`. */
export async function lockDirectory(sql: Sql, organizationId: string, directoryId: string): Promise<void> {
  const { rows } = await sql.query(
    `SELECT id FROM directories
     WHERE id = $1::uuid AND organization_id = $2::uuid AND deleted_at IS NULL FOR NO KEY UPDATE`,
    [directoryId, organizationId],
  );
  if (rows.length === 0) {
    throw problem("directory_not_found");
  }
}
