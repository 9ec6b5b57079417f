import type { Sql } from "@sallyport/database";
import { type RecordedEvent, recordedEvent } from "../event.ts";
import { EVENT_COLUMNS, type EventRow, eventOf } from "../stored.ts";

/** All events in the order in which they were recorded, each held against the catalogue. */
export async function readEvents(sql: Sql): Promise<RecordedEvent[]> {
  const { rows } = await sql.query<EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM events e LEFT JOIN outbox o ON o.event_id = e.id ORDER BY e.serial`,
  );
  return rows.map((row) => recordedEvent.parse(eventOf(row)));
}
