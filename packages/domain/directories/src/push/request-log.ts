import type { Sql } from "@sallyport/database";

// A directory may have been deleted since: its rows are dropped with it.
const INSERT = `
  INSERT INTO scim_requests (id, organization_id, directory_id, request_id, method, path, status, latency_ms,
                             request_body, response_body, notes, dry_run, created_at)
  SELECT row.id, row.organization_id, row.directory_id, row.request_id, row.method, row.path, row.status, row.latency_ms,
         row.request_body, row.response_body, row.notes, row.dry_run, row.created_at
  FROM json_to_recordset($1::json) AS row (
    id uuid, organization_id uuid, directory_id uuid, request_id text, method text, path text, status int,
    latency_ms float8, request_body json, response_body json, notes json, dry_run boolean, created_at timestamptz)
  WHERE EXISTS (SELECT 1 FROM directories d WHERE d.id = row.directory_id)
  ON CONFLICT (id) DO NOTHING`; // a try whose answer was lost may have stored them

/**
 * Stores requests that changed nothing; those of directories that are gone are dropped.
 * @param rows JSON objects of the columns above
 */
export async function logRequests(sql: Sql, rows: readonly string[]): Promise<void> {
  await sql.query(INSERT, [`[${rows.join(",")}]`], "scim_log_requests");
}
