import type { Database } from "@sallyport/database";
import { changeStatus } from "../streams/status.ts";
import { lockStream, type Stream } from "../streams/stream.ts";

const SECOND_MS = 1_000;
// A receiver that restarts misses nothing; one that is gone has its stream paused after about three hours.
const RETRY_AFTER_MS = [5, 30, 60, 300, 900, 1_800, 3_600, 3_600].map((seconds) => seconds * SECOND_MS);
/** Of what went wrong, in characters. */
const LONGEST_ERROR = 300;

/** A turn of a stream ended well: it is due again where there is something left. */
export async function finishTurn(database: Database, stream: Stream, now: Date): Promise<void> {
  await database.transaction(async (sql) => {
    const current = await lockStream(sql, stream.applicationId, stream.id);
    if (current?.delivery !== "push") {
      return; // deleted, or polled from now on
    }
    // A statement of its own, behind the lock: it sees what was added until then, and what comes later sees this.
    await sql.query(
      `UPDATE signal_streams t SET due_at = CASE WHEN EXISTS (
         SELECT FROM pending_signals p WHERE p.stream_id = t.id AND ($2 OR p.of_stream)) THEN $3::timestamptz END
       WHERE t.id = $1`,
      [stream.id, current.status === "enabled", now],
      "signal_streams_finish",
    );
  });
}

export interface PushFailure {
  readonly error: string;
  /** Of the HTTP answer; null: there was none. */
  readonly status: number | null;
  readonly now: Date;
}

/**
 * The receiver did not take an event: it is sent again later, and what follows it waits. One that does not answer for
 * hours has its stream paused, with an event; what is held goes on when the receiver enables the stream again. Resolves to
 * whether the stream was paused.
 */
export async function failTurn(
  database: Database,
  stream: Stream,
  { error, status, now }: PushFailure,
): Promise<boolean> {
  return database.transaction(async (sql) => {
    const current = await lockStream(sql, stream.applicationId, stream.id);
    if (current?.delivery !== "push") {
      return false;
    }
    const { rows } = await sql.query<{ attempts: number }>(
      `UPDATE signal_streams SET attempts = attempts + 1, last_error = $2, last_error_status = $3, last_error_at = $4
       WHERE id = $1 RETURNING attempts`,
      [stream.id, error.slice(0, LONGEST_ERROR), status, now],
      "signal_streams_fail",
    );
    const attempts = rows[0]?.attempts ?? 1;
    const dead = attempts > RETRY_AFTER_MS.length && current.status === "enabled";
    if (dead) {
      const reason = "The receiver did not take events for hours. Enable the stream again when it does.";
      await changeStatus(sql, current, { status: "paused", reason }, { by: "gateway" }, now);
    }
    if (attempts > RETRY_AFTER_MS.length && current.status === "disabled") {
      // Nothing but the word that it is: its receiver reads that of the stream's status, too.
      await sql.query("DELETE FROM pending_signals WHERE stream_id = $1", [stream.id], "signals_drop");
    }
    const delay = RETRY_AFTER_MS[Math.min(attempts, RETRY_AFTER_MS.length) - 1] ?? 0;
    await sql.query(
      "UPDATE signal_streams SET due_at = $2 WHERE id = $1",
      [stream.id, new Date(now.getTime() + delay)],
      "signal_streams_retry",
    );
    return dead;
  });
}
