import type { Sql } from "@sallyport/database";

/** A member who can sign in now, but could not if only people in directories were let in. */
export interface LockedOut {
  readonly membershipId: string;
  readonly userId: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly source: "jit" | "manual" | "directory";
}

// As `refusalOf` has it.
const UNKNOWN = `m.organization_id = $1::uuid AND m.status = 'active' AND m.directory IS NULL`;

/**
 * Whom `signIn: "directory"` would lock out: how many, and a page of them, in the order of their ids.
 *
 * @param after the membership behind which the page begins
 */
export async function lockedOutBy(
  sql: Sql,
  organizationId: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<{ readonly count: number; readonly members: readonly LockedOut[] }> {
  const { rows: counted } = await sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM memberships m WHERE ${UNKNOWN}`,
    [organizationId],
  );
  const { rows } = await sql.query<{
    id: string;
    user_id: string;
    email: string | null;
    name: string | null;
    source: LockedOut["source"];
  }>(
    `SELECT m.id, m.user_id, u.email, u.name, m.source
     FROM memberships m JOIN users u ON u.id = m.user_id AND u.organization_id = $1::uuid
     WHERE ${UNKNOWN} AND ($2::uuid IS NULL OR m.id > $2::uuid)
     ORDER BY m.id LIMIT $3::int`,
    [organizationId, page.after, page.limit],
  );
  return {
    count: counted[0]?.count ?? 0,
    members: rows.map((row) => ({
      membershipId: row.id,
      userId: row.user_id,
      email: row.email,
      name: row.name,
      source: row.source,
    })),
  };
}
