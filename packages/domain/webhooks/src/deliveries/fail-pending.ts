import type { Sql } from "@sallyport/database";

/** Ends what waits for an endpoint that is sent nothing any more. Resolves to how many those were. */
export async function failPending(sql: Sql, endpointId: string, reason: string, now: Date): Promise<number> {
  const { rows } = await sql.query<{ failed: number }>(
    `WITH ended AS (
       UPDATE webhook_deliveries SET status = 'failed', due_at = NULL, finished_at = $3, last_error = $2
       WHERE endpoint_id = $1::uuid AND status = 'pending' RETURNING 1)
     SELECT count(*)::int AS failed FROM ended`,
    [endpointId, reason, now],
  );
  return rows[0]?.failed ?? 0;
}
