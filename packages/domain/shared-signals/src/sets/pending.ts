import type { Database, Sql } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import type { Stream } from "../streams/stream.ts";
import { noteSettled } from "./deliveries.ts";

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

/** Of an error's code, in characters. */
const LONGEST_CODE = 100;

/**
 * The receiver has these, or refuses them for good: they are not sent again. Others' stay as they are. `tries`: how often
 * the event was pushed, with this time.
 */
export async function settleSignals(
  database: Database,
  stream: Pick<Stream, "id" | "applicationId">,
  result: {
    readonly acknowledged: readonly string[];
    readonly refused: readonly Refusal[];
    readonly tries?: number;
  },
  now: Date,
): Promise<void> {
  const { acknowledged, refused, tries = null } = result;
  if (acknowledged.length + refused.length === 0) {
    return;
  }
  await database.transaction(async (sql) => {
    const { rows } = await sql.query<{ id: string; type: string }>(
      "DELETE FROM pending_signals WHERE stream_id = $1 AND id = ANY($2::uuid[]) RETURNING id, type",
      [stream.id, [...acknowledged, ...refused.map(({ jti }) => jti)]],
      "signals_settle",
    );
    if (rows.length === 0) {
      return;
    }
    const errors = new Map(refused.map(({ jti, error }) => [jti, error.slice(0, LONGEST_CODE)]));
    await noteSettled(sql, stream.id, {
      now,
      words: refused.find(({ description }) => description !== null)?.description ?? null,
      deliveries: rows.map(({ id, type }) => {
        const error = errors.get(id) ?? null;
        return { jti: id, type, state: error === null ? "delivered" : "refused", tries, at: now, error };
      }),
    });
    const settled = new Set(rows.map(({ id }) => id));
    await recordEvents(
      sql,
      refused
        .filter(({ jti }) => settled.has(jti))
        .map(({ jti, error }) => ({
          organizationId: null,
          type: "signal_stream.event_refused",
          actor: { type: "system" },
          resource: { type: "signalStream", id: stream.id },
          data: { applicationId: stream.applicationId, jti, error },
        })),
    );
  });
}
