import type { Sql } from "@sallyport/database";
import type { MembershipStatus, Source } from "../membership.ts";

/**
 * What a directory says of a member. `matched`: it has them active. `inactive`: it knows them, and has nobody active who stands
 * for them. `unmatched`: no directory knows them, as those who were added by hand or signed in. `elsewhere`: only another
 * directory does.
 */
export type MatchState = "matched" | "inactive" | "unmatched" | "elsewhere";

/** A directory's members in one state, or those of these users. */
export type MatchFilter = MatchState | { readonly userIds: readonly string[] };

export interface MatchedMember {
  readonly id: string;
  readonly createdAt: Date;
  readonly userId: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly status: MembershipStatus;
  readonly source: Source;
  readonly state: MatchState;
  /** What the directory says of them is held by its guard. */
  readonly heldChangeId: string | null;
  /** They may be the same as another user: an open conflict. */
  readonly conflictId: string | null;
}

export interface DirectoryMatches {
  readonly counts: Readonly<Record<MatchState, number>>;
  /** Users that it pushed and the worker has not come to: the counts may change. */
  readonly waiting: number;
}

// Of members `m`, by what directory users of the directory `$2` stand for them.
const STATE = `
  CROSS JOIN LATERAL (
    SELECT CASE WHEN bool_or(du.active AND du.deleted_at IS NULL) THEN 'matched'
                WHEN count(du.id) > 0 THEN 'inactive'
                WHEN m.directory IS NULL THEN 'unmatched'
                ELSE 'elsewhere' END AS state
    FROM directory_user_links l
    JOIN directory_users du ON du.id = l.directory_user_id AND du.directory_id = $2::uuid AND du.organization_id = $1::uuid
    WHERE l.user_id = m.user_id) match`;

/** How many of an organization's members a directory matches, and how. */
export async function countMatches(
  sql: Sql,
  organizationId: string,
  directoryId: string,
): Promise<DirectoryMatches> {
  const { rows } = await sql.query<{ state: MatchState; count: number }>(
    `SELECT match.state, count(*)::int AS count FROM memberships m ${STATE}
     WHERE m.organization_id = $1::uuid GROUP BY match.state`,
    [organizationId, directoryId],
  );
  const { rows: waiting } = await sql.query<{ count: number }>(
    `SELECT count(DISTINCT d.directory_user_id)::int AS count FROM dirty_directory_users d
     JOIN directory_users du ON du.id = d.directory_user_id AND du.directory_id = $2::uuid
     WHERE d.organization_id = $1::uuid`,
    [organizationId, directoryId],
  );
  const counts = { matched: 0, inactive: 0, unmatched: 0, elsewhere: 0 };
  for (const { state, count } of rows) {
    counts[state] = count;
  }
  return { counts, waiting: waiting[0]?.count ?? 0 };
}

/** Behind what a page begins. */
export interface Position {
  readonly createdAt: Date;
  readonly id: string;
}

/** The members in one state, the oldest first. */
export async function listMatches(
  sql: Sql,
  organizationId: string,
  directoryId: string,
  page: {
    readonly state: MatchFilter;
    readonly after: Position | null;
    readonly limit: number;
  },
): Promise<MatchedMember[]> {
  const of = typeof page.state === "string" ? [page.state, null] : [null, page.state.userIds];
  const { rows } = await sql.query<MatchedMember>(
    `SELECT m.id, m.created_at AS "createdAt", m.user_id AS "userId", u.email, u.name, m.status, m.source, match.state,
            h.held_change_id AS "heldChangeId",
            (SELECT c.id FROM conflicts c
             WHERE (c.user_id = m.user_id OR c.other_user_id = m.user_id) AND c.resolved_at IS NULL
             ORDER BY c.created_at LIMIT 1) AS "conflictId"
     FROM memberships m
     JOIN users u ON u.id = m.user_id AND u.organization_id = $1::uuid
     LEFT JOIN held_people h ON h.user_id = m.user_id
     ${STATE}
     WHERE m.organization_id = $1::uuid AND ($3::text IS NULL OR match.state = $3::text)
       AND ($7::uuid[] IS NULL OR m.user_id = ANY($7::uuid[]))
       AND ($4::timestamptz IS NULL OR (m.created_at, m.id) > ($4::timestamptz, $5::uuid))
     ORDER BY m.created_at, m.id LIMIT $6::int`,
    [
      organizationId,
      directoryId,
      of[0],
      page.after?.createdAt ?? null,
      page.after?.id ?? null,
      page.limit,
      of[1],
    ],
  );
  return rows;
}
