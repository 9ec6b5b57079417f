import { type Database, newId, type Sql } from "@sallyport/database";
import { acknowledge, hasUnread, type OutboxEntry, outboxSince, readUnread } from "@sallyport/events";
import { matchesType } from "../endpoints/types.ts";
import { type Row, release } from "./release.ts";

/** Under this name the outbox knows how far webhooks have come. */
export const CONSUMER = "webhooks";

export interface FanOut {
  readonly now: Date;
  /** Events at once. Default 200. */
  readonly limit?: number;
}

/**
 * Makes deliveries of the next events of the outbox: a row for each endpoint that is to be told, in the transaction that
 * advances the reader. So each event becomes its rows once, whoever dies when. One process at a time does it. Resolves to
 * whether there may be more.
 */
export async function fanOut(database: Database, { now, limit = 200 }: FanOut): Promise<boolean> {
  if (!(await hasUnread(database.sql, CONSUMER))) {
    return false;
  }
  return database.transaction(async (sql) => {
    const { rows } = await sql.query<{ locked: boolean }>(
      "SELECT pg_try_advisory_xact_lock(hashtextextended('webhooks', 0)) AS locked",
      [],
      "webhooks_try_lock",
    );
    if (rows[0]?.locked !== true) {
      return false;
    }
    // Read first: an endpoint that is made from here on is told of what follows.
    const end = await outboxSince(sql, null);
    const all = await enabledEndpoints(sql);
    if (all.size === 0) {
      await acknowledge(sql, CONSUMER, end.position);
      return false;
    }
    const entries = await readUnread(sql, CONSUMER, limit);
    const last = entries.at(-1);
    if (last === undefined) {
      return false;
    }
    await deliver(sql, entries, all, now);
    await acknowledge(sql, CONSUMER, last.position);
    return entries.length === limit;
  });
}

interface Listener {
  readonly id: string;
  readonly types: readonly string[];
  /** What happened before is not told. */
  readonly since: Date;
}

/** By organization; under null, those of the gateway. */
type Listeners = ReadonlyMap<string | null, readonly Listener[]>;

async function enabledEndpoints(sql: Sql): Promise<Listeners> {
  const { rows } = await sql.query<Listener & { organization_id: string | null }>(
    "SELECT id, organization_id, types, created_at AS since FROM webhook_endpoints WHERE status = 'enabled'",
    [],
    "webhooks_enabled",
  );
  return grouped(rows);
}

function grouped(rows: readonly (Listener & { readonly organization_id: string | null })[]): Listeners {
  const byOrganization = new Map<string | null, Listener[]>();
  for (const { organization_id, ...listener } of rows) {
    const known = byOrganization.get(organization_id) ?? [];
    known.push(listener);
    byOrganization.set(organization_id, known);
  }
  return byOrganization;
}

/** Who is told of an event: its organization's endpoints and the gateway's; a test, besides, whom it tests. */
function* toldOf({ event }: OutboxEntry, listeners: Listeners): Generator<string> {
  const own = event.organizationId === null ? [] : (listeners.get(event.organizationId) ?? []);
  for (const { id, types, since } of [...own, ...(listeners.get(null) ?? [])]) {
    const tested = event.type === "webhook_endpoint.tested" && event.resource.id === id;
    if (event.occurredAt >= since && (tested || matchesType(types, event.type))) {
      yield id;
    }
  }
}

async function deliver(
  sql: Sql,
  entries: readonly OutboxEntry[],
  listeners: Listeners,
  now: Date,
): Promise<void> {
  const deliveries = entries.flatMap((entry) =>
    [...toldOf(entry, listeners)].map((endpointId) => deliveryOf(entry, endpointId)),
  );
  if (deliveries.length > 0) {
    await release(sql, await addDeliveries(sql, deliveries, now), now);
  }
}

export interface NewDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly organizationId: string | null;
  readonly eventId: string;
  readonly eventType: string;
  readonly resource: string;
  readonly position: number;
}

export function deliveryOf({ position, event }: OutboxEntry, endpointId: string): NewDelivery {
  const { id: eventId, organizationId, type: eventType, resource } = event;
  return {
    id: newId(),
    ...{ endpointId, organizationId, eventId, eventType, position },
    resource: `${resource.type}:${resource.id}`,
  };
}

/** Adds those that there are not, held. Resolves to the rows that they stand in, to be released in this transaction. */
export async function addDeliveries(sql: Sql, deliveries: readonly NewDelivery[], now: Date): Promise<Row[]> {
  const column = <Name extends keyof NewDelivery>(name: Name) => deliveries.map((each) => each[name]);
  // In the order of their ids. What is deleted or disabled by now gets nothing.
  await sql.query(
    "SELECT id FROM webhook_endpoints WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE",
    [[...new Set(column("endpointId"))]],
    "webhooks_lock_endpoints",
  );
  const { rows } = await sql.query<{ endpoint_id: string; resource: string }>(
    `INSERT INTO webhook_deliveries
       (id, endpoint_id, organization_id, event_id, event_type, resource, position, created_at)
     SELECT d.id, e.id, d.organization_id, d.event_id, d.event_type, d.resource, d.position, $8
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bigint[])
       AS d (id, endpoint_id, organization_id, event_id, event_type, resource, position)
     JOIN webhook_endpoints e ON e.id = d.endpoint_id AND e.status = 'enabled'
     ON CONFLICT (event_id, endpoint_id) DO NOTHING
     RETURNING endpoint_id, resource`,
    [
      column("id"),
      column("endpointId"),
      column("organizationId"),
      column("eventId"),
      column("eventType"),
      column("resource"),
      column("position"),
      now,
    ],
    "webhooks_add",
  );
  return rows.map((row) => ({ endpointId: row.endpoint_id, resource: row.resource }));
}
