import type { Sql } from "@sallyport/database";
import { STREAM_COLUMNS, type Stream, type StreamRow, streamOf } from "./stream.ts";

/**
 * How a stream gets on. `failing`: the last push failed, and is tried again. `stalled`: events wait for an hour, and nothing
 * fails: nobody polls.
 */
export type StreamState = "delivering" | "failing" | "stalled" | "paused" | "disabled";

/** A stream as operators see it: nothing of what authorizes its pushes, nor of what its events say. */
export interface StreamHealth extends Stream {
  readonly application: { readonly id: string; readonly name: string };
  readonly state: StreamState;
  /** Somebody has to do something: it fails or stalls, or the gateway stopped it. */
  readonly needsAttention: boolean;
  readonly excludedSubjects: number;
  readonly waiting: { readonly events: number; readonly since: Date | null };
  readonly lastDeliveredAt: Date | null;
  /** Kept until another comes. `status`: of the HTTP answer, where there was one. */
  readonly lastError: { readonly at: Date; readonly message: string; readonly status: number | null } | null;
  /** In a row. */
  readonly failedAttempts: number;
  /** While it fails. */
  readonly nextAttemptAt: Date | null;
  /** When a verification was last asked for. */
  readonly verificationRequestedAt: Date | null;
  readonly createdAt: Date;
}

/** Where a page ended. */
export interface StreamPosition {
  readonly needsAttention: boolean;
  readonly createdAt: Date;
  readonly id: string;
}

/** Left out: all of them. */
export interface StreamFilter {
  readonly applicationId?: string;
  readonly id?: string;
}

interface Row extends StreamRow {
  readonly name: string;
  readonly state: StreamState;
  readonly needs_attention: boolean;
  readonly excluded: number;
  readonly waiting: number;
  readonly since: Date | null;
  readonly last_delivered_at: Date | null;
  readonly last_error: string | null;
  readonly last_error_status: number | null;
  readonly last_error_at: Date | null;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly verified_at: Date | null;
  readonly created_at: Date;
}

const STALLED_MS = 3_600_000;
const COLUMNS = STREAM_COLUMNS.split(", ").map((column) => `t.${column}`);

/** Streams that need attention first, then the oldest, behind `after`; the bounds of streams bound what is counted. */
export async function readStreamHealth(
  sql: Sql,
  { applicationId, id }: StreamFilter,
  {
    after,
    limit,
    now,
  }: { readonly after?: StreamPosition | undefined; readonly limit: number; readonly now: Date },
): Promise<StreamHealth[]> {
  const { rows } = await sql.query<Row>(
    `SELECT ${COLUMNS.join(", ")}, t.state, t.needs_attention, t.since, t.last_delivered_at, t.last_error,
            t.last_error_status, t.last_error_at, t.attempts, t.due_at, t.verified_at, t.created_at, a.name,
            (SELECT count(*)::int FROM signal_stream_exclusions e WHERE e.stream_id = t.id) AS excluded,
            (SELECT count(*)::int FROM pending_signals p WHERE p.stream_id = t.id) AS waiting
     FROM (
       SELECT s.*, oldest.created_at AS since, health.state,
              health.state IN ('failing', 'stalled') OR s.status <> 'enabled' AND s.status_by = 'gateway' AS needs_attention
       FROM signal_streams s
       LEFT JOIN LATERAL (
         SELECT p.created_at FROM pending_signals p WHERE p.stream_id = s.id ORDER BY p.serial LIMIT 1) oldest ON true
       CROSS JOIN LATERAL (
         SELECT CASE WHEN s.status <> 'enabled' THEN s.status WHEN s.attempts > 0 THEN 'failing'
                     WHEN oldest.created_at < $3 THEN 'stalled' ELSE 'delivering' END AS state) health
       WHERE ($1::uuid IS NULL OR s.application_id = $1) AND ($2::uuid IS NULL OR s.id = $2)
     ) t JOIN applications a ON a.id = t.application_id
     WHERE $4::boolean IS NULL OR (NOT t.needs_attention, t.created_at, t.id) > (NOT $4, $5::timestamptz, $6::uuid)
     ORDER BY NOT t.needs_attention, t.created_at, t.id
     LIMIT $7`,
    [
      applicationId ?? null,
      id ?? null,
      new Date(now.getTime() - STALLED_MS),
      after?.needsAttention ?? null,
      after?.createdAt ?? null,
      after?.id ?? null,
      limit,
    ],
    "signal_streams_health",
  );
  return rows.map(healthOf);
}

function healthOf(row: Row): StreamHealth {
  const { last_error: message, last_error_at: at } = row;
  return {
    ...streamOf(row),
    application: { id: row.application_id, name: row.name },
    state: row.state,
    needsAttention: row.needs_attention,
    excludedSubjects: row.excluded,
    waiting: { events: row.waiting, since: row.since },
    lastDeliveredAt: row.last_delivered_at,
    lastError: message === null || at === null ? null : { at, message, status: row.last_error_status },
    failedAttempts: row.attempts,
    nextAttemptAt: row.attempts > 0 ? row.due_at : null,
    verificationRequestedAt: row.verified_at,
    createdAt: row.created_at,
  };
}
