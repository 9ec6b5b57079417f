import type { Sql } from "@sallyport/database";

/** A session of somebody, and what a SAML identity provider calls them in it. */
export interface KeptSession {
  readonly id: string;
  readonly nameId: string | null;
}

/** All sessions of a user that are still stored, including ended ones. */
export async function readKeptSessions(
  sql: Sql,
  organizationId: string,
  userId: string,
): Promise<KeptSession[]> {
  const { rows } = await sql.query<{ id: string; name_id: string | null }>(
    `SELECT id::text AS id, idp_session ->> 'nameId' AS name_id FROM sessions
     WHERE user_id = $2::uuid AND organization_id = $1::uuid`,
    [organizationId, userId],
  );
  return rows.map((row) => ({ id: row.id, nameId: row.name_id }));
}

/**
 * To be called behind `revokeSessions`: takes out of a user's sessions what their identity provider said. The rows stay, with ids alone, until applications
 * were told of their end and they are deleted with all old ones. Returns how many there are.
 */
export async function eraseSessions(sql: Sql, organizationId: string, userId: string): Promise<number> {
  const { rows } = await sql.query<{ erased: number }>(
    `WITH erased AS (
       UPDATE sessions SET groups = '{}', amr = '{}', acr = NULL, idp_session = NULL, auth_time = NULL
       WHERE user_id = $2::uuid AND organization_id = $1::uuid
       RETURNING 1)
     SELECT count(*)::int AS erased FROM erased`,
    [organizationId, userId],
  );
  return rows[0]?.erased ?? 0;
}
