import type { Sql } from "@sallyport/database";

/**
 * Forgets what receivers answered when they were told of these events: some send back what they were sent. Resolves to how
 * many answers that were.
 */
export async function eraseAnswers(sql: Sql, eventIds: readonly string[]): Promise<number> {
  if (eventIds.length === 0) {
    return 0;
  }
  const { rowCount } = await sql.query(
    `UPDATE webhook_attempts a SET response = NULL FROM webhook_deliveries d
     WHERE d.id = a.delivery_id AND d.event_id = ANY($1::uuid[]) AND a.response IS NOT NULL`,
    [eventIds],
    "webhooks_erase_answers",
  );
  return rowCount ?? 0;
}
