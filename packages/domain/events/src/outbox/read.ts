import { firstIdOf, type Sql } from "@sallyport/database";
import type { RecordedEvent } from "../event.ts";
import { EVENT_COLUMNS, type EventRow, eventOf } from "../stored.ts";

/** An event as the outbox delivers it. */
export interface OutboxEntry {
  /** Where a reader goes on: counts the events of all organizations from 1. */
  readonly position: number;
  readonly event: RecordedEvent;
}

/** The events behind a position, in order: nothing will ever come before what was once read. 0 is the beginning. */
export async function readOutbox(
  sql: Sql,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<OutboxEntry[]> {
  const { rows } = await sql.query<EventRow & { readonly position: string }>(
    `SELECT o.position, ${EVENT_COLUMNS} FROM outbox o JOIN events e ON e.id = o.event_id
     WHERE o.position > $1 ORDER BY o.position LIMIT $2`,
    [after, limit],
    "outbox_read",
  );
  return rows.map((row) => ({ position: Number(row.position), event: eventOf(row) }));
}

/** Up to where the outbox is filled, and who has events behind a position; nobody, where that is null. */
export async function outboxSince(
  sql: Sql,
  after: number | null,
): Promise<{ readonly position: number; readonly organizations: ReadonlySet<string | null> }> {
  const { rows } = await sql.query<{ position: string; organizations: (string | null)[] }>(
    `SELECT position, ARRAY(SELECT DISTINCT organization_id FROM outbox WHERE position > $1::bigint) AS organizations
     FROM outbox_state`,
    [after],
    "outbox_since",
  );
  return { position: Number(rows[0]?.position ?? 0), organizations: new Set(rows[0]?.organizations) };
}

/**
 * What a consumer has not acknowledged yet, the oldest first. Who reads, acts, and then acknowledges the last position
 * gets every event at least once, also when it dies in between; a consumer's name is used by one process at a time, or by
 * those that bear to act twice.
 */
export async function readUnread(sql: Sql, consumer: string, limit: number): Promise<OutboxEntry[]> {
  const { rows } = await sql.query<{ position: string }>(
    "SELECT position FROM outbox_consumers WHERE name = $1",
    [consumer],
    "outbox_consumer",
  );
  return readOutbox(sql, { after: Number(rows[0]?.position ?? 0), limit });
}

/** The consumer has dealt with everything up to this position. An older one than before changes nothing. */
export async function acknowledge(sql: Sql, consumer: string, position: number): Promise<void> {
  await sql.query(
    `INSERT INTO outbox_consumers AS known (name, position) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE known.position < excluded.position`,
    [consumer, position],
    "outbox_acknowledge",
  );
}

/** The position that all of these consumers have come to. */
export async function acknowledgedByAll(sql: Sql, consumers: readonly string[]): Promise<number> {
  const { rows } = await sql.query<{ position: string }>(
    `SELECT min(coalesce(c.position, 0)) AS position
     FROM unnest($1::text[]) AS asked (name) LEFT JOIN outbox_consumers c USING (name)`,
    [consumers],
    "outbox_acknowledged_by_all",
  );
  return Number(rows[0]?.position ?? 0);
}

/** Whether there is anything that the consumer has not acknowledged: cheaper than to read it. */
export async function hasUnread(sql: Sql, consumer: string): Promise<boolean> {
  const { rows } = await sql.query<{ unread: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM outbox
       WHERE position > coalesce((SELECT position FROM outbox_consumers WHERE name = $1), 0)) AS unread`,
    [consumer],
    "outbox_has_unread",
  );
  return rows[0]?.unread === true;
}

/** The events of these ids that there still are, by id. */
export async function findEvents(sql: Sql, ids: readonly string[]): Promise<Map<string, RecordedEvent>> {
  const { rows } = await sql.query<EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM outbox o JOIN events e ON e.id = o.event_id
     WHERE o.event_id = ANY($1::uuid[])`,
    [ids],
    "outbox_find",
  );
  return new Map(rows.map((row) => [row.id, eventOf(row)]));
}

/** Which events a reader wants of the past. */
export interface PastEvents {
  /** Undefined: those of all organizations, and of none. */
  readonly organizationId: string | undefined;
  readonly since: Date;
  readonly until: Date;
  /** The last one that was read already. */
  readonly after?: { readonly createdAt: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** Events of a time that are in the outbox: about in the order in which they happened, unlike their positions. */
export async function readPast(sql: Sql, past: PastEvents): Promise<OutboxEntry[]> {
  const { organizationId, since, until, after, limit } = past;
  const values = [since, until, after?.createdAt ?? null, after?.id ?? null, limit];
  const { rows } = await (organizationId === undefined
    ? sql.query<PastRow>(PAST_OF_ALL, [...values, firstIdOf(new Date(since.getTime() - CLOCKS_APART_MS))])
    : sql.query<PastRow>(PAST_OF_ORGANIZATION, [...values, organizationId]));
  return rows.map((row) => ({ position: Number(row.position), event: eventOf(row) }));
}

type PastRow = EventRow & { readonly position: string };

const PAST_OF_ORGANIZATION = `
  SELECT o.position, ${EVENT_COLUMNS} FROM events e JOIN outbox o ON o.event_id = e.id
  WHERE e.organization_id = $6::uuid AND e.created_at >= $1 AND e.created_at < $2
    AND ($3::timestamptz IS NULL OR (e.created_at, e.id) > ($3::timestamptz, $4::uuid))
  ORDER BY e.created_at, e.id LIMIT $5`;

// By their ids, which are of the time of their making, by the clock of who made them.
const PAST_OF_ALL = `
  SELECT o.position, ${EVENT_COLUMNS} FROM events e JOIN outbox o ON o.event_id = e.id
  WHERE o.event_id >= $6::uuid AND e.created_at >= $1 AND e.created_at < $2
    AND ($3::timestamptz IS NULL OR o.event_id > $4::uuid)
  ORDER BY o.event_id LIMIT $5`;

/** How far that clock may be from the database's, at most. */
const CLOCKS_APART_MS = 60_000;
