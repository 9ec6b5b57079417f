import type { Sql } from "@sallyport/database";

/** Texts by which requests are found that may be about a person, as patterns of LIKE. */
export interface RequestPatterns {
  /** Compared with the text in lower case. */
  readonly lower: readonly string[];
  /** Compared with the text as it is. */
  readonly exact: readonly string[];
}

/** What of a logged request may say something of a person. */
export interface RequestContent {
  readonly path: string;
  readonly requestBody: unknown;
  readonly responseBody: unknown;
  readonly notes: unknown;
}

export interface FoundRequest extends RequestContent {
  /** The directory users and groups that it changed. */
  readonly changed: { readonly users?: readonly string[]; readonly groups?: readonly string[] } | null;
}

/** Where a look through the requests goes on. */
export interface RequestCursor {
  readonly createdAt: Date;
  readonly id: string;
}

interface Row {
  readonly id: string;
  readonly path: string;
  readonly request_body: unknown;
  readonly response_body: unknown;
  readonly notes: unknown;
  readonly changed: FoundRequest["changed"];
}

/**
 * Goes through a page of the request log of a directory, the oldest first. Those that have one of the texts are shown to
 * `left`, which says what is left of one, or null where it stays as it is. To be called in a transaction of its own.
 */
export async function eraseFromRequests(
  sql: Sql,
  search: {
    readonly organizationId: string;
    readonly directoryId: string;
    readonly after: RequestCursor;
    readonly limit: number;
    readonly patterns: RequestPatterns;
  },
  left: (request: FoundRequest) => RequestContent | null,
): Promise<{ readonly erased: number; readonly next: RequestCursor | null }> {
  const { rows } = await sql.query<{ id: string; created_at: Date; hit: boolean }>(
    `WITH page AS MATERIALIZED (
       SELECT id, created_at, concat(path, ' ', request_body, response_body, notes, changed) AS content FROM scim_requests
       WHERE organization_id = $1::uuid AND directory_id = $2::uuid AND (created_at, id) > ($3::timestamptz, $4::uuid)
       ORDER BY created_at, id LIMIT $5::int)
     SELECT id::text AS id, created_at, content LIKE ANY($7::text[]) OR lower(content) LIKE ANY($6::text[]) AS hit
     FROM page ORDER BY created_at, page.id`,
    [
      search.organizationId,
      search.directoryId,
      search.after.createdAt,
      search.after.id,
      search.limit,
      search.patterns.lower,
      search.patterns.exact,
    ],
  );
  const hits = rows.filter(({ hit }) => hit).map(({ id }) => id);
  const last = rows.at(-1);
  return {
    erased: await rewrite(sql, hits, left),
    next:
      last === undefined || rows.length < search.limit ? null : { createdAt: last.created_at, id: last.id },
  };
}

async function rewrite(
  sql: Sql,
  ids: readonly string[],
  left: (request: FoundRequest) => RequestContent | null,
): Promise<number> {
  if (ids.length === 0) {
    return 0;
  }
  const { rows } = await sql.query<Row>(
    `SELECT id::text AS id, path, request_body, response_body, notes, changed FROM scim_requests
     WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
    [ids],
  );
  let erased = 0;
  for (const row of rows) {
    const content = left({
      path: row.path,
      requestBody: row.request_body,
      responseBody: row.response_body,
      notes: row.notes,
      changed: row.changed,
    });
    if (content !== null) {
      await sql.query(
        `UPDATE scim_requests SET path = $2::text, request_body = $3::json, response_body = $4::json, notes = $5::json
         WHERE id = $1::uuid`,
        [row.id, content.path, json(content.requestBody), json(content.responseBody), json(content.notes)],
      );
      erased += 1;
    }
  }
  return erased;
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
