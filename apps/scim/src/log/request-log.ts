import { newId, type Sql } from "@sallyport/database";
import { logRequests } from "@sallyport/directories/push";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";
import type { ScimRequest, ScimResponse } from "../protocol/exchange.ts";
import { rowText } from "./row.ts";

const FLUSH_AFTER_MS = 200;
const FLUSH_AT = 100;
/** What may wait when the database is slower than the requests, or away: beyond, new rows are dropped and counted. */
const MAX_WAITING = 5_000;
const MAX_WAITING_CHARACTERS = 16_000_000;
/** In one statement, of what waited for the database to return. */
const MAX_TOGETHER = 500;
/** Behind a try that found the database away. */
const RETRY_AFTER_MS = 1_000;

/**
 * Logs the requests that changed nothing: after their answer, many in one statement. What the database is away for is
 * kept, and stored when it is back.
 */
export interface RequestLog {
  add(request: ScimRequest, response: ScimResponse): void;
  /** Resolves once everything added so far is stored (or was given up on, and said so). */
  flush(): Promise<void>;
}

export function createRequestLog(sql: Sql, log: Logger): RequestLog {
  let waiting: string[] = [];
  let characters = 0;
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let away = false;
  let writing: Promise<void> = Promise.resolve();

  const takeSome = () => {
    const rows = waiting.splice(0, MAX_TOGETHER);
    characters -= lengthOf(rows);
    return rows;
  };
  const write = async (rows: readonly string[], last: boolean) => {
    try {
      await logRequests(sql, rows);
      away = false;
    } catch (error) {
      const outage = outageOf(error);
      if (outage !== undefined) {
        reportOutage(log, outage);
      }
      if (outage !== undefined && !last) {
        away = true;
        waiting = [...rows, ...waiting];
        characters += lengthOf(rows);
      } else {
        log.error({ err: error, rows: rows.length }, "SCIM request log: rows lost");
      }
    }
  };
  /** @param last whether what cannot be stored is given up on */
  const writeAll = async (last: boolean) => {
    clearTimeout(timer);
    timer = undefined;
    if (dropped > 0) {
      log.warn({ dropped }, "SCIM request log: too many rows waiting");
    }
    dropped = 0;
    away = false;
    while (waiting.length > 0 && !away) {
      await write(takeSome(), last);
    }
    if (away) {
      schedule(RETRY_AFTER_MS);
    }
  };
  const next = (last: boolean) => {
    writing = writing.then(() => writeAll(last));
    return writing;
  };
  const schedule = (ms: number) => {
    timer ??= setTimeout(() => void next(false), ms).unref();
  };
  return {
    flush: () => next(true),
    add: (request, response) => {
      if (waiting.length >= MAX_WAITING || characters >= MAX_WAITING_CHARACTERS) {
        dropped += 1;
        return;
      }
      const row = rowOf(request, response);
      waiting.push(row);
      characters += row.length;
      if (waiting.length === FLUSH_AT && !away) {
        void next(false);
      } else {
        schedule(FLUSH_AFTER_MS);
      }
    },
  };
}

function lengthOf(rows: readonly string[]): number {
  return rows.reduce((sum, row) => sum + row.length, 0);
}

function rowOf(request: ScimRequest, response: ScimResponse): string {
  const more = {
    id: newId(),
    organization_id: request.directory.organizationId,
    directory_id: request.directory.id,
    dry_run: request.dryRun,
    created_at: request.receivedAt,
  };
  return rowText(request, response, more);
}
