import type { Sql } from "@sallyport/database";
import { type RecordedTransaction, readPast } from "@sallyport/events";
import { matchesType } from "../endpoints/types.ts";
import type { EndpointName } from "../endpoints/write.ts";
import { addDeliveries, deliveryOf } from "./fan-out.ts";
import { type Row, release } from "./release.ts";

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
  if (again.length === 0) {
    return null;
  }
  await release(sql, again, now);
  noteReplay(transaction, endpoint, again.length);
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
  const rows = [...added, ...again];
  if (rows.length > 0) {
    // All of them are there by now: the earliest goes first.
    await release(sql, rows, now);
    noteReplay(transaction, endpoint, rows.length);
  }
  const last = past.at(-1)?.event;
  return {
    deliveries: rows.length,
    next: last === undefined || past.length < limit ? null : { createdAt: last.occurredAt, id: last.id },
  };
}

export interface ReplayIds extends Pick<ReplayRange, "which" | "after" | "limit"> {
  /** Ids of deliveries, which are in the order of their making. */
  readonly first: string;
  readonly last: string | undefined;
}

/** Has a range of an endpoint's deliveries made again. As `replayRange`, but tells of nothing that it was not told of. */
export async function replayIds(
  transaction: RecordedTransaction,
  endpoint: EndpointName,
  { first, last, which, after, limit }: ReplayIds,
  now: Date,
): Promise<Replayed | "disabled" | null> {
  const { sql } = transaction;
  const locked = await lockEndpoint(sql, endpoint);
  if (locked === null || locked.status !== "enabled") {
    return locked && "disabled";
  }
  const { rows } = await sql.query<{ id: string; created_at: Date; status: string }>(
    `SELECT id, created_at, status FROM webhook_deliveries
     WHERE endpoint_id = $1::uuid
       AND (created_at, id) > ($2::timestamptz, $3::uuid) AND ($4::uuid IS NULL OR id <= $4::uuid)
       AND id >= $5::uuid
     ORDER BY created_at, id LIMIT $6`,
    [endpoint.id, after?.createdAt ?? madeAbout(first), after?.id ?? first, last ?? null, first, limit],
  );
  const ended = which === "all" ? ["failed", "delivered"] : ["failed"];
  const ids = rows.filter(({ status }) => ended.includes(status)).map(({ id }) => id);
  const again = await requeue(sql, endpoint.id, "d.id = ANY($2::uuid[])", [ids], now);
  if (again.length > 0) {
    await release(sql, again, now);
    noteReplay(transaction, endpoint, again.length);
  }
  const end = rows.at(-1);
  return {
    deliveries: again.length,
    next: end === undefined || rows.length < limit ? null : { createdAt: end.created_at, id: end.id },
  };
}

/** Before the row of a UUIDv7 was made, but not long before. */
function madeAbout(id: string): Date {
  return new Date(Number.parseInt(id.replace("-", "").slice(0, 12), 16) - CLOCKS_APART_MS);
}

const CLOCKS_APART_MS = 3_600_000;

async function lockEndpoint(sql: Sql, { id, organizationId }: EndpointName) {
  const { rows } = await sql.query<{ status: string; types: string[] }>(
    `SELECT status, types FROM webhook_endpoints
     WHERE id = $1::uuid AND organization_id IS NOT DISTINCT FROM $2::uuid FOR NO KEY UPDATE`,
    [id, organizationId],
  );
  return rows[0] ?? null;
}

/** Resolves to the rows of those that are to be made again: held, but one that is out already is due at once. */
async function requeue(
  sql: Sql,
  endpointId: string,
  condition: string,
  values: readonly unknown[],
  now: Date,
): Promise<Row[]> {
  const { rows } = await sql.query<{ resource: string }>(
    `UPDATE webhook_deliveries d
     SET status = 'pending', tries_since = 0, first_attempt_at = NULL, finished_at = NULL,
         due_at = CASE WHEN d.due_at IS NULL THEN NULL ELSE $${values.length + 2}::timestamptz END
     WHERE d.endpoint_id = $1::uuid AND ${condition}
     RETURNING d.resource`,
    [endpointId, ...values, now],
  );
  return rows.map(({ resource }) => ({ endpointId, resource }));
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
