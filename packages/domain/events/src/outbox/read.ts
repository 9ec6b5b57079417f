import type { Sql } from "@sallyport/database";
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
