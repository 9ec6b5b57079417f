import type { Sql } from "@sallyport/database";
import type { Logger } from "@sallyport/logging";
import {
  type AuthorizationRequestNote,
  authorizationRequestNote,
  type TokenErrorNote,
  tokenErrorNote,
} from "./notes.ts";

/** Remembers what applications ask for, by their `client_id`, behind their requests. */
export interface CheckRecorder {
  request(clientId: string, note: AuthorizationRequestNote): void;
  tokenError(clientId: string, note: TokenErrorNote): void;
  /** Writes what has not been written yet. Never throws: what is lost is a note. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Noted {
  readonly request?: AuthorizationRequestNote;
  readonly tokenError?: TokenErrorNote;
}

/** The same request again is no news, but for its time: that is told once in this while. */
const SAME_AGAIN_MS = 60_000;

/**
 * What one process notes in a few seconds is written by one statement, by nobody's request. It holds one note of each kind
 * for an application, so the memory that it takes is bounded by what operators registered.
 * @param afterMs how long a note may wait
 */
export function createCheckRecorder(deps: {
  readonly sql: Sql;
  readonly log: Logger;
  readonly afterMs: number;
}): CheckRecorder {
  const { sql, log, afterMs } = deps;
  const noted = new Map<string, Noted>();
  const written = new Map<string, { readonly text: string; readonly at: number }>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function note(clientId: string, more: Noted): void {
    noted.set(clientId, { ...noted.get(clientId), ...more });
    timer ??= setTimeout(() => void flush(), afterMs).unref();
  }

  function isNews(clientId: string, { at, ...request }: AuthorizationRequestNote): boolean {
    const text = JSON.stringify(request);
    const before = written.get(clientId);
    if (before?.text === text && Date.parse(at) - before.at < SAME_AGAIN_MS) {
      return false;
    }
    written.set(clientId, { text, at: Date.parse(at) });
    return true;
  }

  async function write(notes: ReadonlyMap<string, Noted>): Promise<void> {
    const rows = [...notes].map(([client_id, { request = null, tokenError = null }]) => ({
      client_id,
      last_request: request,
      last_token_error: tokenError,
    }));
    try {
      await sql.query(
        `INSERT INTO application_checks (application_id, last_request, last_token_error)
         SELECT a.id, noted.last_request, noted.last_token_error
         FROM json_to_recordset($1::json) AS noted (client_id text, last_request jsonb, last_token_error jsonb)
         JOIN applications a ON a.client_id = noted.client_id
         ORDER BY a.id
         ON CONFLICT (application_id) DO UPDATE SET
           last_request = coalesce(excluded.last_request, application_checks.last_request),
           last_token_error = coalesce(excluded.last_token_error, application_checks.last_token_error)`,
        [JSON.stringify(rows)],
        "application_checks_write",
      );
    } catch (error) {
      log.warn({ err: error, applications: rows.length }, "What applications asked for could not be noted");
    }
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (noted.size > 0) {
      const notes = new Map(noted);
      noted.clear();
      writing = writing.then(() => write(notes));
    }
    await writing;
  }

  return {
    request(clientId, given) {
      const request = authorizationRequestNote.parse(given);
      if (isNews(clientId, request)) {
        note(clientId, { request });
      }
    },
    tokenError: (clientId, given) => note(clientId, { tokenError: tokenErrorNote.parse(given) }),
    flush,
    close: flush,
  };
}
