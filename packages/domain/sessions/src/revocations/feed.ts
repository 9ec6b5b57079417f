import type { Sql } from "@sallyport/database";
import { z } from "zod";

/** How old a cursor may be: longer than any token lives that an application checks by itself. */
export const CURSOR_GOOD_MS = 24 * 3_600_000;
/** Longer, since a transaction may commit some time after what it logged, and clocks differ. */
export const REVOCATIONS_KEPT_MS = CURSOR_GOOD_MS + 3_600_000;

/** Where a reader of the feed goes on. */
export const feedPosition = z.object({
  /** PostgreSQL's system identifier: another cluster's transactions have other numbers. */
  cluster: z.string(),
  /** When `since` was taken (for a reader that begins: when it began), in milliseconds since 1970. */
  at: z.number(),
  /** All that this snapshot saw was read before. Null: nothing was. */
  since: z.string().nullable(),
  /** Within what this snapshot saw, the reader is behind this transaction and serial. */
  page: z.object({ upTo: z.string(), transaction: z.string(), serial: z.string() }).nullable(),
});
export type FeedPosition = z.infer<typeof feedPosition>;

export interface FeedPage {
  /** `at` in milliseconds since 1970. */
  readonly items: readonly { readonly sessionId: string; readonly at: number }[];
  readonly next: FeedPosition;
  /** There is more already. */
  readonly more: boolean;
}

interface Row {
  cluster: string;
  snapshot: string;
  session_id: string | null;
  at: number;
  transaction: string;
  serial: string;
}

/**
 * The sessions of one application that ended behind a position; from the beginning, all that are kept. Nothing is left
 * out, and a session may come twice. Null: the position is too old, or of another cluster, and what lies between is not
 * known any more.
 */
export async function readFeed(
  sql: Sql,
  applicationId: string,
  position: FeedPosition | null,
  { limit, now }: { readonly limit: number; readonly now: Date },
): Promise<FeedPage | null> {
  const page = position?.page ?? null;
  const { rows } = await sql.query<Row>(
    `WITH here AS MATERIALIZED (
       SELECT pg_current_snapshot() AS snapshot,
              (SELECT system_identifier::text FROM pg_control_system()) AS cluster)
     SELECT here.cluster, here.snapshot::text, r.session_id,
            floor(extract(epoch FROM r.at) * 1000)::float8 AS at,
            r.transaction::text, r.serial::text
     FROM here LEFT JOIN LATERAL (
       SELECT session_id, at, transaction, serial FROM session_revocations
       WHERE application_id = $1 AND transaction >= coalesce(pg_snapshot_xmin($2::pg_snapshot), '0')
         AND ($2::pg_snapshot IS NULL OR NOT pg_visible_in_snapshot(transaction, $2::pg_snapshot))
         AND ($3::pg_snapshot IS NULL OR pg_visible_in_snapshot(transaction, $3::pg_snapshot))
         AND (transaction, serial) > ($4::xid8, $5::bigint)
       ORDER BY transaction, serial LIMIT $6) r ON true`,
    [
      applicationId,
      position?.since ?? null,
      page?.upTo ?? null,
      page?.transaction ?? "0",
      page?.serial ?? "0",
      limit + 1,
    ],
    "revocations_feed",
  );
  const [here] = rows;
  if (here === undefined) {
    throw new Error("PostgreSQL did not say where it is");
  }
  if (
    position !== null &&
    (position.cluster !== here.cluster || now.getTime() - position.at > CURSOR_GOOD_MS)
  ) {
    return null;
  }
  const found = rows.flatMap(({ session_id: sessionId, ...row }) =>
    sessionId === null ? [] : [{ ...row, sessionId }],
  );
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit;
  const upTo = page?.upTo ?? here.snapshot;
  // While it is paged through, a list is as old as it was at its beginning.
  const at = position === null || page === null ? now.getTime() : position.at;
  return {
    items: items.map(({ sessionId, at: endedAt }) => ({ sessionId, at: endedAt })),
    more,
    next:
      more && last !== undefined
        ? {
            cluster: here.cluster,
            at: position?.at ?? now.getTime(),
            since: position?.since ?? null,
            page: { upTo, transaction: last.transaction, serial: last.serial },
          }
        : { cluster: here.cluster, at, since: upTo, page: null },
  };
}
