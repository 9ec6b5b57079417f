import type { Database, Sql } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import type { TakenStream } from "./take.ts";

export interface Delivered {
  /** The number of the last event that was delivered. */
  readonly position: number;
  readonly events: number;
}

export interface Failed {
  /** Why, in our words: it goes into an event, which nobody takes anything out of but by an erasure. */
  readonly error: string;
  /** What the destination answered, for whoever looks at the stream while it fails. */
  readonly answer?: string | undefined;
  readonly status: number | null;
  readonly nextAt: Date;
}

/** When a stream that fails is told of by an event. */
const FAILING_TOLD_AFTER_MS = 15 * 60_000;

/** The destination has taken a batch. */
export async function finishDelivered(
  database: Database,
  stream: TakenStream,
  { position, events }: Delivered,
  now: Date,
): Promise<void> {
  await database.transaction(async (sql) => {
    const { rows } = await sql.query<{ told: boolean }>(
      `UPDATE audit_streams s
       SET position = $3, delivered = s.delivered + $4, last_delivered_at = $5, due_at = $5, leased_until = NULL,
           failures = 0, failing_since = NULL, failing_told_at = NULL, last_error = NULL, last_status = NULL
       FROM (SELECT id, failing_told_at IS NOT NULL AS told FROM audit_streams WHERE id = $1::uuid FOR UPDATE) was
       WHERE s.id = was.id AND s.leased_until = $2 RETURNING was.told`,
      [stream.id, stream.leasedUntil, position, events, now],
      "audit_streams_delivered",
    );
    if (rows[0]?.told === true) {
      await recordEvents(sql, [{ ...told(stream), type: "audit_stream.recovered" }]);
    }
  });
}

/** It has not; nothing is lost, and it is tried again. */
export async function finishFailed(
  database: Database,
  stream: TakenStream,
  { error, answer, status, nextAt }: Failed,
  now: Date,
): Promise<void> {
  await database.transaction(async (sql) => {
    const { rows } = await sql.query<{ since: Date; told: boolean }>(
      `UPDATE audit_streams
       SET failures = failures + 1, failing_since = coalesce(failing_since, $3), last_error = $4, last_status = $5,
           due_at = $6, leased_until = NULL
       WHERE id = $1::uuid AND leased_until = $2
       RETURNING failing_since AS since, failing_told_at IS NOT NULL AS told`,
      [stream.id, stream.leasedUntil, now, answer ? `${error}: ${answer}` : error, status, nextAt],
      "audit_streams_failed",
    );
    const [row] = rows;
    if (row === undefined || row.told || now.getTime() - row.since.getTime() < FAILING_TOLD_AFTER_MS) {
      return;
    }
    await sql.query("UPDATE audit_streams SET failing_told_at = $2 WHERE id = $1::uuid", [stream.id, now]);
    await recordEvents(sql, [
      { ...told(stream), type: "audit_stream.failing", data: { since: row.since.toISOString(), error } },
    ]);
  });
}

/**
 * There is nothing to send up to a number. `missing`: there was, but it was deleted first, which an event tells; else it
 * went with its organization.
 */
export async function skip(
  database: Database,
  stream: TakenStream,
  { to, missing }: { readonly to: number; readonly missing: boolean },
): Promise<void> {
  await database.transaction(async (sql) => {
    const { rowCount } = await sql.query(
      "UPDATE audit_streams SET position = $3, leased_until = NULL WHERE id = $1::uuid AND leased_until = $2",
      [stream.id, stream.leasedUntil, to],
      "audit_streams_skip",
    );
    if (rowCount === 1 && missing) {
      const data = { after: stream.position, before: to + 1 };
      await recordEvents(sql, [{ ...told(stream), type: "audit_stream.events_missed", data }]);
    }
  });
}

/** Nothing became of it: another process may take it at once. */
export async function giveBack(sql: Sql, { id, leasedUntil }: TakenStream): Promise<void> {
  await sql.query(
    "UPDATE audit_streams SET leased_until = NULL WHERE id = $1::uuid AND leased_until = $2",
    [id, leasedUntil],
    "audit_streams_give_back",
  );
}

const told = ({ id, organizationId }: TakenStream) =>
  ({
    organizationId,
    actor: { type: "system" },
    resource: { type: "auditStream", id },
  }) as const;
