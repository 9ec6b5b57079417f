import type { Database, Sql } from "@sallyport/database";
import { type Origin, recordEvents } from "@sallyport/events";
import { STREAM_EVENT_TYPES } from "../event-types.ts";
import { addSignals } from "../sets/add.ts";
import { lockStream, type Stream, type StreamStatus } from "./stream.ts";

export interface NewStatus {
  readonly status: StreamStatus;
  readonly reason: string | null;
}

/** Who sets a status: the stream's receiver, the gateway that has to, or an operator. */
export type StatusCause =
  | { readonly by: "receiver" | "operator"; readonly origin: Origin }
  | { readonly by: "gateway" };

export type StatusChange =
  | { readonly is: "done"; readonly stream: Stream }
  | { readonly is: "unknown" }
  /** An operator paused or disabled it, and so enables it again. */
  | { readonly is: "kept" };

/** As a stream's receiver (SSF 1.0, section 8.1.2.2) or an operator wants it. Unknown: the application has no such stream. */
export async function setStatus(
  { database, now }: { readonly database: Database; readonly now: () => Date },
  { applicationId, id }: { readonly applicationId: string; readonly id: string },
  next: NewStatus,
  cause: Extract<StatusCause, { readonly origin: Origin }>,
): Promise<StatusChange> {
  return database.transaction(async (sql) => {
    const stream = await lockStream(sql, applicationId, id);
    if (stream === null) {
      return { is: "unknown" };
    }
    if (cause.by === "receiver" && stream.statusBy === "operator" && stream.status !== "enabled") {
      return { is: "kept" };
    }
    await changeStatus(sql, stream, next, cause, now());
    return {
      is: "done",
      stream: { ...stream, status: next.status, statusReason: next.reason, statusBy: cause.by },
    };
  });
}

/**
 * Within a transaction that holds the stream. A disabled one holds nothing any more (section 8.1.2.1); its receiver is told
 * of what others did by an event, which goes out whatever the status (section 8.1.5).
 */
export async function changeStatus(
  sql: Sql,
  stream: Pick<Stream, "id" | "applicationId" | "status" | "statusReason">,
  { status, reason }: NewStatus,
  cause: StatusCause,
  now: Date,
): Promise<void> {
  const { id, applicationId } = stream;
  const { by } = cause;
  if (status === "disabled") {
    await sql.query("DELETE FROM pending_signals WHERE stream_id = $1", [id], "signals_drop");
  }
  // What somebody enables again has another chance at once.
  await sql.query(
    `UPDATE signal_streams SET status = $2, status_reason = $3, status_by = $6, updated_at = $4,
            attempts = CASE WHEN $5 THEN 0 ELSE attempts END,
            due_at = CASE WHEN $5 AND delivery = 'push' THEN $4::timestamptz ELSE due_at END
     WHERE id = $1`,
    [id, status, reason, now, by !== "gateway", by],
    "signal_streams_set_status",
  );
  const isOther = status !== stream.status;
  const isNews = isOther || reason !== stream.statusReason;
  if (by !== "receiver" && isNews) {
    const event = { status, ...(reason === null ? {} : { reason }) };
    const type = STREAM_EVENT_TYPES.streamUpdated;
    await addSignals(sql, [{ streamId: id, type, subject: ofStream(id), event, ofStream: true }], now);
  }
  if (isOther || (by === "operator" && isNews)) {
    await recordEvents(sql, [
      {
        organizationId: null,
        type: "signal_stream.status_changed",
        ...(cause.by === "gateway" ? { actor: { type: "system" } } : cause.origin),
        resource: { type: "signalStream", id },
        before: { status: stream.status },
        after: { status },
        data: { applicationId, by, reason },
      },
    ]);
  }
}

/** The stream itself as the subject of an event (SSF 1.0, section 8.1.4.1). */
export function ofStream(id: string) {
  return { format: "opaque", id };
}
