import type { Database } from "@sallyport/database";
import { changeStatus } from "./status.ts";
import { lockStream } from "./stream.ts";

/** What a stream may hold of events that its receiver does not take. */
export interface BacklogBounds {
  readonly events: number;
  readonly ageMs: number;
}

const BOUNDS: BacklogBounds = { events: 10_000, ageMs: 7 * 24 * 3_600_000 };
const AT_ONCE = 100;

/**
 * Disables streams whose receivers do not take what is held for them: their events are dropped, and each is told so by the
 * last one, and by its status. Resolves to how many.
 */
export async function boundBacklogs(
  database: Database,
  now: Date,
  bounds: BacklogBounds = BOUNDS,
): Promise<number> {
  const { rows } = await database.sql.query<{ id: string; application_id: string; old: boolean }>(
    `SELECT t.id, t.application_id, oldest.created_at < $1 AS old
     FROM signal_streams t
     CROSS JOIN LATERAL (
       SELECT p.created_at FROM pending_signals p WHERE p.stream_id = t.id ORDER BY p.serial LIMIT 1) oldest
     WHERE t.status <> 'disabled' AND (oldest.created_at < $1 OR EXISTS (
       SELECT FROM pending_signals p WHERE p.stream_id = t.id ORDER BY p.serial OFFSET $2 LIMIT 1))
     LIMIT ${AT_ONCE}`,
    [new Date(now.getTime() - bounds.ageMs), bounds.events],
    "signals_backlogs",
  );
  for (const { id, application_id: applicationId, old } of rows) {
    await database.transaction(async (sql) => {
      const stream = await lockStream(sql, applicationId, id);
      if (stream !== null && stream.status !== "disabled") {
        const reason = `${old ? "Its oldest event was not taken for 7 days" : "10,000 events were not taken"}: what was held is lost. Enable the stream again, and look at every session anew.`;
        await changeStatus(sql, stream, { status: "disabled", reason }, { by: "gateway" }, now);
      }
    });
  }
  return rows.length;
}
