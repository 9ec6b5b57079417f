import { newId, type Sql } from "@sallyport/database";
import type { Logger } from "@sallyport/logging";
import type { ScimRequest, ScimResponse } from "../protocol/exchange.ts";
import { rowText } from "./row.ts";

const FLUSH_AFTER_MS = 200;
const FLUSH_AT = 100;
/** Rows that may wait when the database is slower than the requests: beyond, new ones are dropped and counted. */
const MAX_WAITING = 5_000;

// A directory may have been deleted since: its rows are dropped with it.
const INSERT = `
  INSERT INTO scim_requests (id, organization_id, directory_id, request_id, method, path, status, latency_ms,
                             request_body, response_body, created_at)
  SELECT row.id, row.organization_id, row.directory_id, row.request_id, row.method, row.path, row.status, row.latency_ms,
         row.request_body, row.response_body, row.created_at
  FROM json_to_recordset($1::json) AS row (
    id uuid, organization_id uuid, directory_id uuid, request_id text, method text, path text, status int,
    latency_ms float8, request_body json, response_body json, created_at timestamptz)
  WHERE EXISTS (SELECT 1 FROM directories d WHERE d.id = row.directory_id)`;

/** Logs the requests that changed nothing: after their answer, many in one statement. */
export interface RequestLog {
  add(request: ScimRequest, response: ScimResponse): void;
  /** Resolves once everything added so far is stored (or was given up on, and said so). */
  flush(): Promise<void>;
}

export function createRequestLog(sql: Sql, log: Logger): RequestLog {
  let waiting: string[] = [];
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = async (rows: readonly string[]) => {
    try {
      await sql.query(INSERT, [`[${rows.join(",")}]`], "scim_log_requests");
    } catch (error) {
      log.error({ err: error, rows: rows.length }, "SCIM request log: rows lost");
    }
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (dropped > 0) log.warn({ dropped }, "SCIM request log: too many rows waiting");
    dropped = 0;
    if (waiting.length > 0) {
      const rows = waiting;
      waiting = [];
      writing = writing.then(() => write(rows));
    }
    return writing;
  };
  return {
    flush,
    add: (request, response) => {
      if (waiting.length >= MAX_WAITING) {
        dropped += 1;
        return;
      }
      waiting.push(rowOf(request, response));
      if (waiting.length >= FLUSH_AT) void flush();
      else timer ??= setTimeout(() => void flush(), FLUSH_AFTER_MS).unref();
    },
  };
}

function rowOf(request: ScimRequest, response: ScimResponse): string {
  const more = {
    id: newId(),
    organization_id: request.directory.organizationId,
    directory_id: request.directory.id,
    created_at: request.receivedAt,
  };
  return rowText(request, response, more);
}
