import type { Sql } from "@sallyport/database";
import { type RecordedEvent, recordedEvent } from "../event.ts";
import { EVENT_COLUMNS, type EventRow, eventOf } from "../stored.ts";

/** Reads what was recorded since it last looked. */
export interface EventReader {
  /** In the order in which they were recorded, each held against the catalogue. */
  next(): Promise<RecordedEvent[]>;
}

/** A reader whose first look finds all events. */
export function createEventReader(sql: Sql): EventReader {
  let serial = "0";
  return {
    next: async () => {
      const { rows } = await sql.query<EventRow & { readonly serial: string }>(
        `SELECT e.serial, ${EVENT_COLUMNS} FROM events e LEFT JOIN outbox o ON o.event_id = e.id
         WHERE e.serial > $1 ORDER BY e.serial`,
        [serial],
      );
      serial = rows.at(-1)?.serial ?? serial;
      return rows.map((row) => recordedEvent.parse(eventOf(row)));
    },
  };
}
