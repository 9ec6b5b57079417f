import type { Sql } from "@sallyport/database";
import { nextAttempt, retryAfterMs } from "@sallyport/delivery";
import { OWN_STREAM_COLUMNS, type OwnStream, type OwnStreamRow, ownStreamOf } from "../streams/store.ts";

const MOST_LOOKED_AT = 500;
const MINUTE_MS = 60_000;

/** Of streams that cannot be polled, or deleted. The last delay goes on. */
const BACKOFF = {
  delaysMs: [5_000, 30_000, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS],
  withinMs: Number.MAX_SAFE_INTEGER / 4,
  jitter: 0.1,
  longestWaitMs: 60 * MINUTE_MS,
};

/** Streams that are to be polled, or deleted at their transmitter; those that have waited longest first. */
export async function dueStreams(
  sql: Sql,
  now: Date,
): Promise<{ readonly id: string; readonly failing: boolean }[]> {
  const { rows } = await sql.query<{ id: string; failing: boolean }>(
    `SELECT id, failures > 0 AS failing FROM idp_streams WHERE due_at <= $1 ORDER BY due_at LIMIT ${MOST_LOOKED_AT}`,
    [now],
    "idp_streams_look",
  );
  return rows;
}

/** Takes those of these streams that are still due. A process that dies leaves its own until `leaseUntil`. */
export async function takeStreams(
  sql: Sql,
  options: { readonly ids: readonly string[]; readonly now: Date; readonly leaseUntil: Date },
): Promise<OwnStream[]> {
  const columns = OWN_STREAM_COLUMNS.split(", ").map((column) => `s.${column}`);
  const { rows } = await sql.query<OwnStreamRow>(
    `UPDATE idp_streams s SET due_at = $3
     FROM (SELECT id FROM idp_streams WHERE id = ANY($1::uuid[]) AND due_at <= $2 ORDER BY id
           FOR NO KEY UPDATE SKIP LOCKED) due
     WHERE s.id = due.id
     RETURNING ${columns.join(", ")}`,
    [options.ids, options.now, options.leaseUntil],
    "idp_streams_take",
  );
  return rows.map(ownStreamOf);
}

/** A turn of a stream ended well; it is due again then. Nothing where it is no stream of the connection's any more. */
export async function finishTurn(
  sql: Sql,
  { id }: OwnStream,
  { polledAt, dueAt }: { readonly polledAt: Date | null; readonly dueAt: Date },
): Promise<void> {
  await sql.query(
    `UPDATE idp_streams SET due_at = $2, failures = 0, failing_since = NULL, last_polled_at = coalesce($3, last_polled_at)
     WHERE id = $1 AND connection_id IS NOT NULL`,
    [id, dueAt, polledAt],
    "idp_streams_finish",
  );
}

/** It is tried again later, not before the transmitter asked for (`Retry-After`). Resolves to when. */
export async function failTurn(
  sql: Sql,
  { id, connectionId, failures, failingSince }: OwnStream,
  { retryAfter, now }: { readonly retryAfter: string | null; readonly now: Date },
): Promise<void> {
  const firstAt = failingSince ?? now;
  const asked = retryAfterMs(retryAfter, now);
  const dueAt = nextAttempt(BACKOFF, { attempt: failures + 1, firstAt, now, askedMs: asked }) ?? now;
  await sql.query(
    `UPDATE idp_streams SET due_at = $2, failures = failures + 1, failing_since = $3
     WHERE id = $1 AND connection_id IS NOT DISTINCT FROM $4::uuid`,
    [id, dueAt, firstAt, connectionId],
    "idp_streams_fail",
  );
}

/** It is deleted at its transmitter, or cannot be. */
export async function forgetStream(sql: Sql, { id }: OwnStream): Promise<void> {
  await sql.query(
    "DELETE FROM idp_streams WHERE id = $1 AND connection_id IS NULL",
    [id],
    "idp_streams_forget",
  );
}
