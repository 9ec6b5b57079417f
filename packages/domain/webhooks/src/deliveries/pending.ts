import type { Sql } from "@sallyport/database";

/** Whether anybody is still to be told of an event of an organization, which may be deleted. */
export async function hasPendingDeliveries(sql: Sql, organizationId: string): Promise<boolean> {
  const { rows } = await sql.query(
    "SELECT 1 FROM webhook_deliveries WHERE organization_id = $1::uuid AND status = 'pending' LIMIT 1",
    [organizationId],
    "webhooks_any_pending",
  );
  return rows.length > 0;
}
