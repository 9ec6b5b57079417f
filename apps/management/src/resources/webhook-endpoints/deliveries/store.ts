import { findEvents } from "@sallyport/events";
import * as webhooks from "@sallyport/webhooks";
import type { z } from "zod";
import { encodeCursor, toPage } from "../../../api/page.ts";
import { change } from "../../../change.ts";
import type { Context } from "../../../context.ts";
import { problem } from "../../../errors.ts";
import { reachEndpoint } from "../reach.ts";
import { found, refuseDisabled } from "../store.ts";
import { type DeliveryQuery, type delivery, deliveryStatus, type Replay } from "./schema.ts";

/** Events that one request looks at. */
const MOST_REPLAYED = 5_000;
const MOST_ATTEMPTS = 50;

interface Row {
  readonly id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly organization_id: string | null;
  readonly resource: string;
  readonly status: string;
  readonly due_at: Date | null;
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

const COLUMNS =
  "id, event_id, event_type, organization_id, resource, status, due_at, attempts, last_status, last_error, created_at, finished_at";

export async function listDeliveries(context: Context, endpointId: string, query: DeliveryQuery) {
  await reachEndpoint(context, endpointId, "read");
  // The status as it stands, not as a parameter: so its own index serves.
  const ofStatus = query.status === undefined ? "" : `AND status = '${deliveryStatus.parse(query.status)}'`;
  const { rows } = await context.deps.database.sql.query<Row>(
    `SELECT ${COLUMNS} FROM webhook_deliveries
     WHERE endpoint_id = $1::uuid ${ofStatus}
       AND ($2::text IS NULL OR event_type = $2::text)
       AND ($3::timestamptz IS NULL OR created_at >= $3::timestamptz)
       AND ($4::timestamptz IS NULL OR created_at < $4::timestamptz)
       AND ($5::timestamptz IS NULL OR (created_at, id) < ($5::timestamptz, $6::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $7`,
    [
      endpointId,
      query.type ?? null,
      query.since ?? null,
      query.until ?? null,
      query.cursor?.createdAt ?? null,
      query.cursor?.id ?? null,
      query.limit + 1,
    ],
  );
  const positions = rows.map((row) => ({ ...row, createdAt: row.created_at }));
  return toPage(positions, query, deliveryView);
}

/** Throws `delivery_not_found`. */
export async function getDelivery(context: Context, endpointId: string, id: string) {
  await reachEndpoint(context, endpointId, "read");
  const { sql, prisma } = context.deps.database;
  const { rows } = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM webhook_deliveries WHERE id = $1::uuid AND endpoint_id = $2::uuid`,
    [id, endpointId],
  );
  const [row] = rows;
  if (row === undefined) {
    throw problem("delivery_not_found");
  }
  const attempts = await prisma.webhookAttempt.findMany({
    where: { deliveryId: id },
    orderBy: { number: "desc" },
    take: MOST_ATTEMPTS,
  });
  const event = (await findEvents(sql, [row.event_id])).get(row.event_id);
  return {
    ...deliveryView(row),
    requestBody: event === undefined ? null : webhooks.bodyOf(event),
    attemptsMade: attempts.map(({ number, at, signature, status, response, error, durationMs }) => ({
      ...{ number, status, response, error, durationMs },
      at: at.toISOString(),
      requestHeaders: webhooks.headersOf(id, at, signature),
    })),
  };
}

/** Throws `delivery_not_found`, `webhook_endpoint_disabled`. */
export async function replayDelivery(context: Context, endpointId: string, id: string): Promise<void> {
  const { organizationId } = await reachEndpoint(context, endpointId, "write");
  await change(context, async (transaction) => {
    const endpoint = { id: endpointId, organizationId };
    const replayed = await webhooks.replayDelivery(transaction, endpoint, id, transaction.now);
    if (refuseDisabled(replayed) === null) {
      throw problem("delivery_not_found");
    }
  });
}

/** Throws `webhook_endpoint_disabled`. */
export async function replayDeliveries(context: Context, endpointId: string, range: Replay) {
  const { organizationId } = await reachEndpoint(context, endpointId, "write");
  return change(context, async (transaction) => {
    const { now } = transaction;
    const endpoint = { id: endpointId, organizationId };
    const common = { which: range.deliveries, after: range.cursor, limit: MOST_REPLAYED };
    const replayed = await (range.since === undefined
      ? webhooks.replayIds(
          transaction,
          endpoint,
          { ...common, first: range.firstDeliveryId ?? "", last: range.lastDeliveryId },
          now,
        )
      : webhooks.replayRange(
          transaction,
          endpoint,
          { ...common, since: keptSince(range.since, now), until: range.until ?? now },
          now,
        ));
    return found(refuseDisabled(replayed), ({ deliveries, next }) => ({
      deliveries,
      nextCursor: next === null ? null : encodeCursor(next),
    }));
  });
}

function keptSince(since: Date, now: Date): Date {
  return new Date(Math.max(since.getTime(), now.getTime() - webhooks.DELIVERIES_KEPT_MS));
}

function deliveryView(row: Row): z.input<typeof delivery> {
  const split = row.resource.indexOf(":");
  return {
    id: row.id,
    eventId: row.event_id,
    type: row.event_type,
    organizationId: row.organization_id,
    resource: { type: row.resource.slice(0, split), id: row.resource.slice(split + 1) },
    status: deliveryStatus.parse(row.status),
    held: row.status === "pending" && row.due_at === null,
    attempts: row.attempts,
    nextAttemptAt: row.due_at?.toISOString() ?? null,
    lastStatus: row.last_status,
    lastError: row.last_error,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
