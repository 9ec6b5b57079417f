import type { Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import type { SecretBox } from "@sallyport/secrets";
import { STREAM_COLUMNS, type Stream, type StreamRow, streamOf } from "../streams/stream.ts";

/** A push stream that somebody works on until its lease ends. */
export interface DueStream extends Stream {
  readonly endpointUrl: string;
  /** The header that its receiver wants with each push. */
  readonly authorization: string | null;
  /** `aud`: the application's client id (SSF 1.0, section 4.1.8). */
  readonly audience: string;
  /** How often the event that is next was pushed in vain. */
  readonly attempts: number;
}

interface Row extends StreamRow {
  readonly authorization: string | null;
  readonly client_id: string;
  readonly attempts: number;
}

const MOST_LOOKED_AT = 500;

/** Push streams that are due, those that have waited longest first, and whether their last attempt failed. */
export async function dueStreams(
  sql: Sql,
  now: Date,
): Promise<{ readonly id: string; readonly failing: boolean }[]> {
  const { rows } = await sql.query<{ id: string; failing: boolean }>(
    `SELECT id, attempts > 0 AS failing FROM signal_streams WHERE due_at <= $1 ORDER BY due_at LIMIT ${MOST_LOOKED_AT}`,
    [now],
    "signal_streams_look",
  );
  return rows;
}

/** Takes those of these streams that are still due. A process that dies leaves its own until `leaseUntil`. */
export async function takeStreams(
  sql: Sql,
  secrets: SecretBox,
  options: { readonly ids: readonly string[]; readonly now: Date; readonly leaseUntil: Date },
): Promise<DueStream[]> {
  const columns = STREAM_COLUMNS.split(", ").map((column) => `t.${column}`);
  const { rows } = await sql.query<Row>(
    `UPDATE signal_streams t SET due_at = $3
     FROM (SELECT id FROM signal_streams WHERE id = ANY($1::uuid[]) AND due_at <= $2 ORDER BY id
           FOR NO KEY UPDATE SKIP LOCKED) due, applications a
     WHERE t.id = due.id AND a.id = t.application_id
     RETURNING ${columns.join(", ")}, t."authorization", t.attempts, a.client_id`,
    [options.ids, options.now, options.leaseUntil],
    "signal_streams_take",
  );
  return rows.flatMap((row) => {
    const stream = streamOf(row);
    const { endpointUrl } = stream;
    if (endpointUrl === null) {
      return [];
    }
    const authorization =
      row.authorization === null
        ? null
        : secrets.open(row.authorization, sealContext("signal_streams.authorization", row.id));
    return [{ ...stream, endpointUrl, authorization, audience: row.client_id, attempts: row.attempts }];
  });
}
