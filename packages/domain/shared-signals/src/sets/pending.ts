import type { Database, Sql } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import type { Stream } from "../streams/stream.ts";

/** An event that a stream's receiver has not acknowledged. */
export interface PendingSignal {
  readonly jti: string;
  readonly type: string;
  readonly subject: unknown;
  readonly event: unknown;
  readonly txn: string | null;
  readonly issuedAt: Date;
}

interface Row {
  readonly id: string;
  readonly type: string;
  readonly subject: unknown;
  readonly event: unknown;
  readonly txn: string | null;
  readonly created_at: Date;
}

/** The oldest that a stream may deliver now: all, or, where it is not enabled, what tells of the stream itself. */
export async function readPending(
  sql: Sql,
  stream: Pick<Stream, "id" | "status">,
  limit: number,
): Promise<PendingSignal[]> {
  const { rows } = await sql.query<Row>(
    `SELECT id, type, subject, event, txn, created_at FROM pending_signals
     WHERE stream_id = $1 AND ($2 OR of_stream) ORDER BY serial LIMIT $3`,
    [stream.id, stream.status === "enabled", limit],
    "signals_read",
  );
  return rows.map((row) => ({
    jti: row.id,
    type: row.type,
    subject: row.subject,
    event: row.event,
    txn: row.txn,
    issuedAt: row.created_at,
  }));
}

/** Why a receiver refused an event (RFC 8935, section 2.3; RFC 8936, section 2.6). */
export interface Refusal {
  readonly jti: string;
  readonly error: string;
  readonly description: string | null;
}

/** The receiver has these, or refuses them for good: they are not sent again. Others' stay as they are. */
export async function settleSignals(
  database: Database,
  stream: Pick<Stream, "id" | "applicationId">,
  result: { readonly acknowledged: readonly string[]; readonly refused: readonly Refusal[] },
  now: Date,
): Promise<void> {
  const { acknowledged, refused } = result;
  if (acknowledged.length + refused.length === 0) {
    return;
  }
  await database.transaction(async (sql) => {
    const { rows } = await sql.query<{ id: string }>(
      "DELETE FROM pending_signals WHERE stream_id = $1 AND id = ANY($2::uuid[]) RETURNING id",
      [stream.id, [...acknowledged, ...refused.map(({ jti }) => jti)]],
      "signals_settle",
    );
    const settled = new Set(rows.map(({ id }) => id));
    if (acknowledged.some((jti) => settled.has(jti))) {
      await sql.query(
        "UPDATE signal_streams SET last_delivered_at = $2, attempts = 0, last_error = NULL WHERE id = $1",
        [stream.id, now],
        "signal_streams_delivered",
      );
    }
    await recordEvents(
      sql,
      refused
        .filter(({ jti }) => settled.has(jti))
        .map(({ jti, error, description }) => ({
          organizationId: null,
          type: "signal_stream.event_refused",
          actor: { type: "system" },
          resource: { type: "signalStream", id: stream.id },
          data: { applicationId: stream.applicationId, jti, error, description },
        })),
    );
  });
}
