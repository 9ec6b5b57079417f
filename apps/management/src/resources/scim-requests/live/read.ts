import type { Sql } from "@sallyport/database";

/**
 * A request is logged with its change, and so later than the time that it bears, when it was received. Whoever reads on
 * reads this far back again, and leaves out what it has.
 */
export const LATE_MS = 15_000;
/** Of one directory, in one look: a stream shows what happens, and the list (`…/scim-requests`) has all of it. */
export const MOST_IN_ONE_LOOK = 200;
const FIRST_LOOK = 20;

/** What is told of a request as it comes. */
export interface LiveRequest {
  readonly directoryId: string;
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly notes: unknown;
  readonly changed: unknown;
  readonly dryRun: boolean;
  readonly createdAt: Date;
}

const COLUMNS = `id, directory_id AS "directoryId", method, path, status, notes, changed, dry_run AS "dryRun", created_at AS "createdAt"`;

/** What the watched directories were asked since a time, the oldest first; of each the newest, where they are many. */
export async function requestsSince(
  sql: Sql,
  directoryIds: readonly string[],
  since: Date,
): Promise<LiveRequest[]> {
  const { rows } = await sql.query<LiveRequest>(
    `SELECT r.* FROM unnest($1::uuid[]) AS watched (directory)
     CROSS JOIN LATERAL (
       SELECT ${COLUMNS} FROM scim_requests
       WHERE directory_id = watched.directory AND created_at > $2
       ORDER BY created_at DESC, id DESC LIMIT ${MOST_IN_ONE_LOOK}) r
     ORDER BY r."createdAt", r.id`,
    [directoryIds, since],
    "live_requests",
  );
  return rows;
}

/**
 * What a stream begins with, the oldest first: all behind the last request that its client has seen, and some before it
 * again; the newest few where that is unknown.
 */
export async function requestsToBeginWith(
  sql: Sql,
  directoryId: string,
  lastId: string | null,
): Promise<LiveRequest[]> {
  const { rows: known } = await sql.query<{ at: Date }>(
    "SELECT created_at AS at FROM scim_requests WHERE id = $1 AND directory_id = $2",
    [lastId, directoryId],
    "live_last_request",
  );
  const last = known[0]?.at;
  if (last !== undefined) {
    return requestsSince(sql, [directoryId], new Date(last.getTime() - LATE_MS));
  }
  const { rows } = await sql.query<LiveRequest>(
    `SELECT ${COLUMNS} FROM scim_requests WHERE directory_id = $1
     ORDER BY created_at DESC, id DESC LIMIT ${FIRST_LOOK}`,
    [directoryId],
    "live_first_requests",
  );
  return rows.toReversed();
}
