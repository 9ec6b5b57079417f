import type { Sql } from "@sallyport/database";

/** Deliveries of one resource to one endpoint. */
export interface Row {
  readonly endpointId: string;
  readonly resource: string;
}

/**
 * Has the first pending delivery of each row go out, where none of it is out already. Only for who holds the endpoints'
 * locks: whoever adds to a row sees what is in it, and whoever takes the last one out sees what was added.
 */
export async function release(sql: Sql, rows: readonly Row[], now: Date): Promise<void> {
  await sql.query(
    `UPDATE webhook_deliveries d SET due_at = $3
     FROM (SELECT first.id
           FROM (SELECT DISTINCT endpoint_id, resource
                 FROM unnest($1::uuid[], $2::text[]) AS r (endpoint_id, resource)) AS row
           CROSS JOIN LATERAL (
             SELECT p.id FROM webhook_deliveries p
             WHERE p.endpoint_id = row.endpoint_id AND p.resource = row.resource AND p.status = 'pending'
             ORDER BY p.position LIMIT 1) AS first
           WHERE NOT EXISTS (
             SELECT 1 FROM webhook_deliveries o
             WHERE o.endpoint_id = row.endpoint_id AND o.resource = row.resource AND o.due_at IS NOT NULL)
          ) AS next
     WHERE d.id = next.id`,
    [rows.map(({ endpointId }) => endpointId), rows.map(({ resource }) => resource), now],
    "webhooks_release",
  );
}
