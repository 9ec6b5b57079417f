import type { Sql } from "@sallyport/database";
import { type RecordedTransaction, readPast } from "@sallyport/events";
import { matchesType } from "../endpoints/types.ts";
import type { EndpointName } from "../endpoints/write.ts";
import { addDeliveries, deliveryOf } from "./fan-out.ts";
import { release } from "./release.ts";

const DAY_MS = 24 * 3_600_000;
/** So long deliveries are kept, and what they told can be told again. */
export const DELIVERIES_KEPT_MS = 30 * DAY_MS;

/**
 * Has a delivery made again, under its old id, or sooner than it would be. "disabled": its endpoint is sent nothing. Null
 * where there is no such delivery.
 */
export async function replayDelivery(
  transaction: RecordedTransaction,
  endpoint: EndpointName,
  deliveryId: string,
  now: Date,
): Promise<"replayed" | "disabled" | null> {
  const { sql } = transaction;
  const locked = await lockEndpoint(sql, endpoint);
  if (locked === null) {
    return null;
  }
  if (locked.status !== "enabled") {
    const { rows } = await sql.query(
      "SELECT 1 FROM webhook_deliveries WHERE id = $1::uuid AND endpoint_id = $2::uuid",
      [deliveryId, endpoint.id],
    );
    return rows.length === 0 ? null : "disabled";
  }
  const again = await requeue(sql, endpoint.id, "d.id = $2::uuid", [deliveryId], now);
  if (again === 0) {
    return null;
  }
  noteReplay(transaction, endpoint, again);
  return "replayed";
}

export interface ReplayRange {
  readonly since: Date;
  readonly until: Date;
  /** "undelivered": what failed, and events that the endpoint was never told of. */
  readonly which: "undelivered" | "all";
  /** Where the call before stopped. */
  readonly after?: { readonly createdAt: Date; readonly id: string } | undefined;
  /** Most events that are looked at. */
  readonly limit: number;
}

export interface Replayed {
  /** How many deliveries are made, anew or again. */
  readonly deliveries: number;
  /** Where to go on; null: all of the time was looked at. */
  readonly next: { readonly createdAt: Date; readonly id: string } | null;
}

/**
 * Has an endpoint told again of the events of a time that are for it, in their order for each resource. "disabled": it is
 * sent nothing. Null where there is no such endpoint.
 */
export async function replayRange(
  transaction: RecordedTransaction,
  endpoint: EndpointName,
  range: ReplayRange,
  now: Date,
): Promise<Replayed | "disabled" | null> {
  const { sql } = transaction;
  const locked = await lockEndpoint(sql, endpoint);
  if (locked === null || locked.status !== "enabled") {
    return locked && "disabled";
  }
  const { since, until, after, limit } = range;
  const organizationId = endpoint.organizationId ?? undefined;
  const past = await readPast(sql, { organizationId, since, until, after, limit });
  const wanted = past.filter(({ event }) => matchesType(locked.types, event.type));
  const added = await addDeliveries(
    sql,
    wanted.map((entry) => deliveryOf(entry, endpoint.id)),
    now,
  );
  const again = await requeue(
    sql,
    endpoint.id,
    "d.event_id = ANY($2::uuid[]) AND d.status = ANY($3::text[])",
    [wanted.map(({ event }) => event.id), range.which === "all" ? ["failed", "delivered"] : ["failed"]],
    now,
  );
  const deliveries = added + again;
  if (deliveries > 0) {
    noteReplay(transaction, endpoint, deliveries);
  }
  const last = past.at(-1)?.event;
  return {
    deliveries,
    next: last === undefined || past.length < limit ? null : { createdAt: last.occurredAt, id: last.id },
  };
}

async function lockEndpoint(sql: Sql, { id, organizationId }: EndpointName) {
  const { rows } = await sql.query<{ status: string; types: string[] }>(
    `SELECT status, types FROM webhook_endpoints
     WHERE id = $1::uuid AND organization_id IS NOT DISTINCT FROM $2::uuid FOR NO KEY UPDATE`,
    [id, organizationId],
  );
  return rows[0] ?? null;
}

/** Resolves to how many are to be made again. One that is out already is due at once. */
async function requeue(
  sql: Sql,
  endpointId: string,
  condition: string,
  values: readonly unknown[],
  now: Date,
): Promise<number> {
  const { rows } = await sql.query<{ resource: string }>(
    `UPDATE webhook_deliveries d
     SET status = 'pending', tries_since = 0, first_attempt_at = NULL, finished_at = NULL,
         due_at = CASE WHEN d.due_at IS NULL THEN NULL ELSE $${values.length + 2}::timestamptz END
     WHERE d.endpoint_id = $1::uuid AND ${condition}
     RETURNING d.resource`,
    [endpointId, ...values, now],
  );
  await release(
    sql,
    rows.map(({ resource }) => ({ endpointId, resource })),
    now,
  );
  return rows.length;
}

function noteReplay(
  { record }: RecordedTransaction,
  { id, organizationId }: EndpointName,
  deliveries: number,
): void {
  record({
    organizationId,
    type: "webhook_endpoint.replayed",
    resource: { type: "webhookEndpoint", id },
    data: { deliveries },
  });
}
