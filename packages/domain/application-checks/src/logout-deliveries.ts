import type { Sql } from "@sallyport/database";
import { type LogoutDelivery, logoutDelivery } from "./notes.ts";

/** How many are kept of each application. */
const KEPT = 10;

/** Remembers attempts to tell applications of ended sessions, in one statement. */
export async function recordLogoutDeliveries(
  sql: Sql,
  deliveries: readonly { readonly applicationId: string; readonly delivery: LogoutDelivery }[],
): Promise<void> {
  const byApplication = new Map<string, LogoutDelivery[]>();
  for (const { applicationId, delivery } of deliveries) {
    const before = byApplication.get(applicationId) ?? [];
    byApplication.set(applicationId, [...before, logoutDelivery.parse(delivery)].slice(-KEPT));
  }
  const rows = [...byApplication].map(([application_id, kept]) => ({ application_id, deliveries: kept }));
  // In the order of their ids: two processes that remember the same applications do not wait for each other in a circle.
  await sql.query(
    `INSERT INTO application_checks (application_id, logout_deliveries)
     SELECT a.id, told.deliveries
     FROM json_to_recordset($1::json) AS told (application_id uuid, deliveries jsonb)
     JOIN applications a ON a.id = told.application_id
     ORDER BY a.id
     ON CONFLICT (application_id) DO UPDATE SET logout_deliveries = (
       SELECT jsonb_agg(newest.delivery ORDER BY newest.n)
       FROM (SELECT delivery, n
             FROM jsonb_array_elements(application_checks.logout_deliveries || excluded.logout_deliveries)
               WITH ORDINALITY AS t (delivery, n)
             ORDER BY n DESC LIMIT ${KEPT}) AS newest)`,
    [JSON.stringify(rows)],
    "application_checks_deliveries",
  );
}
