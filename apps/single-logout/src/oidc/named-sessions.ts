import type { OidcConnection } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";

/**
 * The live sessions that an IdP names: by this very connection, from this very issuer, of this subject and `sid`. A session
 * to which the IdP gave no `sid` is meant by its subject alone.
 */
export async function findNamedSessions(
  sql: Sql,
  connection: OidcConnection,
  named: { readonly issuer: string; readonly subject: string | undefined; readonly sid: string | undefined },
  now: Date,
): Promise<string[]> {
  const { issuer, subject, sid } = named;
  const common = [connection.organizationId, connection.id, issuer, now];
  const { rows } =
    subject === undefined
      ? await sql.query<{ id: string }>(
          `SELECT s.id FROM sessions s JOIN identities i ON i.id = s.identity_id
           WHERE s.organization_id = $1 AND s.connection_id = $2 AND s.idp_session->>'sid' = $5
             AND s.revoked_at IS NULL AND s.expires_at > $4 AND i.connection_id = $2 AND i.issuer = $3`,
          [...common, sid],
          "oidc_logout_sessions_by_sid",
        )
      : await sql.query<{ id: string }>(
          `SELECT s.id FROM identities i JOIN sessions s ON s.user_id = i.user_id AND s.identity_id = i.id
           WHERE i.connection_id = $2 AND i.issuer = $3 AND i.subject = $5
             AND s.organization_id = $1 AND s.connection_id = $2 AND s.revoked_at IS NULL AND s.expires_at > $4
             AND ($6::text IS NULL OR coalesce(s.idp_session->>'sid' = $6, true))`,
          [...common, subject, sid ?? null],
          "oidc_logout_sessions_by_subject",
        );
  return rows.map(({ id }) => id);
}
