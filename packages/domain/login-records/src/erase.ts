import type { Sql } from "@sallyport/database";

/** Texts by which records are found that may be about a person, as patterns of LIKE. */
export interface RecordPatterns {
  /** Compared with the text in lower case. */
  readonly lower: readonly string[];
  /** Compared with the text as it is. */
  readonly exact: readonly string[];
}

/** What a record says, in its own words. */
export interface FoundRecord {
  readonly id: string;
  readonly sessionId: string | null;
  /** Steps, request and response, as they are stored. */
  readonly texts: readonly string[];
}

/** Where a look through the records goes on. */
export interface RecordCursor {
  readonly createdAt: Date;
  readonly id: string;
}

/**
 * Goes through a page of an organization's login records, the oldest first, and deletes those that `isTheirs` says
 * are a person's: it is shown the ones of their sessions and those that have one of the texts. A record is about one
 * attempt of one person, so nothing of it is kept.
 */
export async function eraseLoginRecords(
  sql: Sql,
  search: {
    readonly organizationId: string;
    readonly connectionId: string;
    readonly after: RecordCursor;
    readonly limit: number;
    readonly sessionIds: readonly string[];
    readonly patterns: RecordPatterns;
  },
  isTheirs: (record: FoundRecord) => boolean,
): Promise<{ readonly deleted: readonly string[]; readonly next: RecordCursor | null }> {
  const { rows } = await sql.query<{
    id: string;
    created_at: Date;
    session_id: string | null;
    texts: string[] | null;
  }>(
    `WITH page AS MATERIALIZED (
       SELECT id, created_at, session_id, steps::text AS steps, coalesce(request, '') AS request, coalesce(response, '') AS response
       FROM login_records
       WHERE organization_id = $1::uuid AND connection_id = $2::uuid
         AND (created_at, id) > ($3::timestamptz, $4::uuid)
       ORDER BY created_at, id LIMIT $5::int)
     SELECT id::text AS id, created_at, session_id::text AS session_id,
            CASE WHEN session_id = ANY($6::uuid[])
              OR concat(steps, request, response) LIKE ANY($8::text[])
              OR lower(concat(steps, request, response)) LIKE ANY($7::text[])
              THEN ARRAY[steps, request, response] END AS texts
     FROM page ORDER BY created_at, page.id`,
    [
      search.organizationId,
      search.connectionId,
      search.after.createdAt,
      search.after.id,
      search.limit,
      search.sessionIds,
      search.patterns.lower,
      search.patterns.exact,
    ],
  );
  const deleted = rows.flatMap(({ id, session_id: sessionId, texts }) =>
    texts !== null && isTheirs({ id, sessionId, texts }) ? [id] : [],
  );
  if (deleted.length > 0) {
    await sql.query("DELETE FROM login_records WHERE id = ANY($1::uuid[]) AND organization_id = $2::uuid", [
      deleted,
      search.organizationId,
    ]);
  }
  const last = rows.at(-1);
  return {
    deleted,
    next:
      last === undefined || rows.length < search.limit ? null : { createdAt: last.created_at, id: last.id },
  };
}

/** Forgets whom tests of connections were about, where `isTheirs` says that it is a person who is to be erased. */
export async function eraseTestLogins(
  sql: Sql,
  organizationId: string,
  isTheirs: (identity: string) => boolean,
): Promise<number> {
  const { rows } = await sql.query<{ id: string; identity: string }>(
    `SELECT id::text AS id, identity::text AS identity FROM test_logins
     WHERE organization_id = $1::uuid AND identity IS NOT NULL`,
    [organizationId],
  );
  const theirs = rows.filter(({ identity }) => isTheirs(identity)).map(({ id }) => id);
  if (theirs.length > 0) {
    await sql.query("DELETE FROM test_logins WHERE id = ANY($1::uuid[]) AND organization_id = $2::uuid", [
      theirs,
      organizationId,
    ]);
  }
  return theirs.length;
}
