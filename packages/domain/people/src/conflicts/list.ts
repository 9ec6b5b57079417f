import type { Sql } from "@sallyport/database";
import type { MembershipStatus, Source } from "../membership.ts";

/** One of the two users of a conflict. */
export interface Party {
  readonly userId: string;
  readonly membershipId: string | null;
  readonly email: string | null;
  readonly name: string | null;
  readonly status: MembershipStatus | null;
  readonly source: Source | null;
  readonly identities: number;
  readonly directoryUsers: number;
}

export interface ConflictView {
  readonly id: string;
  readonly claim: string;
  readonly source: Source;
  /** The later one, who stays apart. */
  readonly user: Party;
  readonly other: Party;
  readonly createdAt: Date;
  readonly resolvedAt: Date | null;
}

interface Row {
  readonly id: string;
  readonly claim: string;
  readonly source: Source;
  readonly user: Party;
  readonly other: Party;
  readonly created_at: Date;
  readonly resolved_at: Date | null;
}

const party = (userId: string) => `(
  SELECT json_build_object('userId', u.id, 'membershipId', m.id, 'email', u.email, 'name', u.name, 'status', m.status,
    'source', m.source, 'identities', (SELECT count(*) FROM identities i WHERE i.user_id = u.id),
    'directoryUsers', (SELECT count(*) FROM directory_user_links l WHERE l.user_id = u.id))
  FROM users u LEFT JOIN memberships m ON m.user_id = u.id WHERE u.id = ${userId})`;

const CONFLICTS = `
  SELECT c.id, c.claim, c.source, ${party("c.user_id")} AS user, ${party("c.other_user_id")} AS other,
         c.created_at, c.resolved_at
  FROM conflicts c WHERE c.organization_id = $1::uuid`;

export interface ConflictPage {
  readonly resolved: boolean;
  /** The conflict behind which the page begins. */
  readonly after: { readonly createdAt: Date; readonly id: string } | null;
  readonly limit: number;
}

/** The conflicts of an organization, the oldest first. */
export async function listConflicts(
  sql: Sql,
  organizationId: string,
  { resolved, after, limit }: ConflictPage,
): Promise<ConflictView[]> {
  const { rows } = await sql.query<Row>(
    `${CONFLICTS} AND (c.resolved_at IS NOT NULL) = $2::boolean
       AND ($3::timestamptz IS NULL OR (c.created_at, c.id) > ($3::timestamptz, $4::uuid))
     ORDER BY c.created_at, c.id LIMIT $5::int`,
    [organizationId, resolved, after?.createdAt ?? null, after?.id ?? null, limit],
  );
  return rows.map(viewOf);
}

/** One conflict of the organization, open or resolved; null where it has none of this id. */
export async function findConflict(
  sql: Sql,
  organizationId: string,
  id: string,
): Promise<ConflictView | null> {
  const { rows } = await sql.query<Row>(`${CONFLICTS} AND c.id = $2::uuid`, [organizationId, id]);
  return rows[0] === undefined ? null : viewOf(rows[0]);
}

function viewOf(row: Row): ConflictView {
  const { id, claim, source, user, other, created_at: createdAt, resolved_at: resolvedAt } = row;
  return { id, claim, source, user, other, createdAt, resolvedAt };
}
