import { type Sql, storableJson } from "@sallyport/database";
import { z } from "zod";
import type { Stream } from "../streams/stream.ts";

/** What became of one event, for operators. Nothing of what it said. */
export interface SignalDelivery {
  readonly jti: string;
  readonly type: string;
  readonly state: "waiting" | "delivered" | "refused";
  /** How often it was pushed; null where it is polled. */
  readonly tries: number | null;
  /** When it was made, delivered or refused. */
  readonly at: Date;
  /** The receiver's code, of one that it refused. */
  readonly error: string | null;
}

/** Of what a receiver said, in characters. */
const LONGEST_ERROR = 300;
/** Of those that were settled, and of those that wait. */
const MOST_SHOWN = 10;

const stored = z.array(
  z.object({
    jti: z.string(),
    type: z.string(),
    state: z.enum(["delivered", "refused"]),
    tries: z.int().nullable(),
    at: z.iso.datetime().transform((value) => new Date(value)),
    error: z.string().nullable(),
  }),
);

/**
 * The receiver answered for these: nothing fails any more. The last ten of a stream are kept in its row, the newest first.
 * `words`: what a refusal said beside its code, which may name somebody: the last stands here, and none in the audit trail.
 */
export async function noteSettled(
  sql: Sql,
  streamId: string,
  {
    deliveries,
    words,
    now,
  }: { readonly deliveries: readonly SignalDelivery[]; readonly words: string | null; readonly now: Date },
): Promise<void> {
  const refusal = deliveries.find(({ error }) => error !== null);
  await sql.query(
    `UPDATE signal_streams SET attempts = 0,
            recent_deliveries = jsonb_path_query_array($2::jsonb || recent_deliveries, '$[0 to ${MOST_SHOWN - 1}]'),
            last_delivered_at = CASE WHEN $3 THEN $4 ELSE last_delivered_at END,
            last_error = CASE WHEN $5::text IS NULL THEN last_error ELSE $5 END,
            last_error_status = CASE WHEN $5 IS NULL THEN last_error_status ELSE $6 END,
            last_error_at = CASE WHEN $5 IS NULL THEN last_error_at ELSE $4 END
     WHERE id = $1`,
    [
      streamId,
      storableJson(JSON.stringify(deliveries.slice(0, MOST_SHOWN))),
      deliveries.some(({ state }) => state === "delivered"),
      now,
      refusal === undefined
        ? null
        : `It refused an event (${refusal.error})${words === null ? "." : `: ${words}`}`.slice(
            0,
            LONGEST_ERROR,
          ),
      refusal === undefined || refusal.tries === null ? null : 400,
    ],
    "signal_streams_settled",
  );
}

/** Those that go next, the last of them first, and before them in time what was settled last: the newest first. */
export async function readDeliveries(
  sql: Sql,
  { id, delivery, status }: Pick<Stream, "id" | "delivery" | "status">,
): Promise<SignalDelivery[]> {
  const { rows: waiting } = await sql.query<{ id: string; type: string; created_at: Date }>(
    `SELECT id, type, created_at FROM pending_signals WHERE stream_id = $1
     ORDER BY (NOT ($2 OR of_stream)), serial LIMIT ${MOST_SHOWN}`,
    [id, status === "enabled"],
    "signals_waiting",
  );
  const { rows } = await sql.query<{ attempts: number; recent_deliveries: unknown }>(
    "SELECT attempts, recent_deliveries FROM signal_streams WHERE id = $1",
    [id],
    "signal_streams_deliveries",
  );
  const { attempts = 0, recent_deliveries: recent = [] } = rows[0] ?? {};
  const next = waiting.map(
    (row, index): SignalDelivery => ({
      jti: row.id,
      type: row.type,
      state: "waiting",
      // They go in order: what follows the first was not tried.
      tries: delivery === "poll" ? null : index === 0 ? attempts : 0,
      at: row.created_at,
      error: null,
    }),
  );
  return [...next.toReversed(), ...stored.parse(recent)];
}
