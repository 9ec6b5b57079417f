import type { Sql } from "@sallyport/database";
import type { SubjectFormat } from "../subjects.ts";

export type StreamStatus = "enabled" | "paused" | "disabled";
export type StatusSetter = "receiver" | "gateway" | "operator";

/** A stream, without what authorizes its pushes. */
export interface Stream {
  readonly id: string;
  readonly applicationId: string;
  readonly delivery: "push" | "poll";
  /** Of a push stream. */
  readonly endpointUrl: string | null;
  readonly eventsRequested: readonly string[];
  readonly subjectFormat: SubjectFormat;
  readonly description: string | null;
  readonly status: StreamStatus;
  readonly statusReason: string | null;
  /** Who set it. */
  readonly statusBy: StatusSetter;
}

export interface StreamRow {
  readonly id: string;
  readonly application_id: string;
  readonly delivery: "push" | "poll";
  readonly endpoint_url: string | null;
  readonly events_requested: string[];
  readonly subject_format: SubjectFormat;
  readonly description: string | null;
  readonly status: StreamStatus;
  readonly status_reason: string | null;
  readonly status_by: StatusSetter;
}

export const STREAM_COLUMNS =
  "id, application_id, delivery, endpoint_url, events_requested, subject_format, description, status, status_reason, status_by";

export function streamOf(row: StreamRow): Stream {
  return {
    id: row.id,
    applicationId: row.application_id,
    delivery: row.delivery,
    endpointUrl: row.endpoint_url,
    eventsRequested: row.events_requested,
    subjectFormat: row.subject_format,
    description: row.description,
    status: row.status,
    statusReason: row.status_reason,
    statusBy: row.status_by,
  };
}

/** An application's streams, the oldest first. */
export async function listStreams(sql: Sql, applicationId: string): Promise<Stream[]> {
  const { rows } = await sql.query<StreamRow>(
    `SELECT ${STREAM_COLUMNS} FROM signal_streams WHERE application_id = $1 ORDER BY created_at, id`,
    [applicationId],
    "signal_streams_list",
  );
  return rows.map(streamOf);
}

/** Null where the application has no such stream. */
export async function findStream(sql: Sql, applicationId: string, id: string): Promise<Stream | null> {
  const { rows } = await sql.query<StreamRow>(
    `SELECT ${STREAM_COLUMNS} FROM signal_streams WHERE id = $1 AND application_id = $2`,
    [id, applicationId],
    "signal_streams_find",
  );
  const [row] = rows;
  return row === undefined ? null : streamOf(row);
}

/** As `findStream`, held until the transaction ends. */
export async function lockStream(sql: Sql, applicationId: string, id: string): Promise<Stream | null> {
  const { rows } = await sql.query<StreamRow>(
    `SELECT ${STREAM_COLUMNS} FROM signal_streams WHERE id = $1 AND application_id = $2 FOR NO KEY UPDATE`,
    [id, applicationId],
    "signal_streams_lock",
  );
  const [row] = rows;
  return row === undefined ? null : streamOf(row);
}
