import type { Database, Sql } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import { STREAM_EVENT_TYPES } from "../event-types.ts";
import { addSignals } from "../sets/add.ts";
import { lockStream, type Stream, type StreamStatus } from "./stream.ts";

export interface NewStatus {
  readonly status: StreamStatus;
  readonly reason: string | null;
}

/** As a stream's receiver wants it (SSF 1.0, section 8.1.2.2). Null where the application has no such stream. */
export async function setStatus(
  { database, now }: { readonly database: Database; readonly now: () => Date },
  { applicationId, id }: { readonly applicationId: string; readonly id: string },
  next: NewStatus,
  requestId: string,
): Promise<Stream | null> {
  return database.transaction(async (sql) => {
    const stream = await lockStream(sql, applicationId, id);
    if (stream === null) {
      return null;
    }
    await changeStatus(sql, stream, next, { by: "receiver", now: now(), requestId });
    return { ...stream, status: next.status, statusReason: next.reason };
  });
}

/**
 * Within a transaction that holds the stream. A disabled one holds nothing any more (section 8.1.2.1); its receiver is told
 * of what the gateway did by an event, which goes out whatever the status (section 8.1.5).
 */
export async function changeStatus(
  sql: Sql,
  stream: Pick<Stream, "id" | "applicationId" | "status">,
  { status, reason }: NewStatus,
  cause: { readonly by: "receiver" | "gateway"; readonly now: Date; readonly requestId?: string },
): Promise<void> {
  const { id, applicationId } = stream;
  const { by, now, requestId } = cause;
  if (status === "disabled") {
    await sql.query("DELETE FROM pending_signals WHERE stream_id = $1", [id], "signals_drop");
  }
  // What is enabled again by its receiver has another chance at once.
  await sql.query(
    `UPDATE signal_streams SET status = $2, status_reason = $3, updated_at = $4,
            attempts = CASE WHEN $5 THEN 0 ELSE attempts END,
            due_at = CASE WHEN $5 AND delivery = 'push' THEN $4::timestamptz ELSE due_at END
     WHERE id = $1`,
    [id, status, reason, now, by === "receiver"],
    "signal_streams_set_status",
  );
  if (by === "gateway") {
    const event = { status, ...(reason === null ? {} : { reason }) };
    await addSignals(
      sql,
      [
        {
          streamId: id,
          type: STREAM_EVENT_TYPES.streamUpdated,
          subject: ofStream(id),
          event,
          ofStream: true,
        },
      ],
      now,
    );
  }
  if (status !== stream.status) {
    await recordEvents(sql, [
      {
        organizationId: null,
        type: "signal_stream.status_changed",
        actor: { type: "system" },
        resource: { type: "signalStream", id },
        ...(requestId === undefined ? {} : { requestId }),
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
