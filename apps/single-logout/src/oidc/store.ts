import { type OidcConnection, parseConnection } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import type { SecretBox } from "@sallyport/secrets";
import { z } from "zod";

/** A session that has ended here, of a connection whose IdP may be told. */
export interface EndedSession {
  readonly connection: OidcConnection;
  /** The ID token that the session began with, where it was kept. */
  readonly idToken: string | undefined;
}

const idpSession = z.object({ idToken: z.string().optional() }).nullable();

/** Null where the session came by no OpenID Connect connection, still lives, or its connection is gone or not active. */
export async function findEndedSession(
  sql: Sql,
  secrets: SecretBox,
  sessionId: string,
): Promise<EndedSession | null> {
  const { rows } = await sql.query<{
    idp_session: unknown;
    id: string;
    organization_id: string;
    provider: string;
    name: string;
    settings: unknown;
  }>(
    `SELECT s.idp_session, c.id, c.organization_id, c.provider, c.name, c.settings
     FROM sessions s JOIN connections c ON c.id = s.connection_id AND c.organization_id = s.organization_id
     WHERE s.id = $1 AND s.revoked_at IS NOT NULL AND c.type = 'oidc' AND c.status = 'active'`,
    [sessionId],
    "oidc_logout_ended_session",
  );
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  const { id, provider, name, settings, organization_id: organizationId } = row;
  const stored = { id, organizationId, type: "oidc", provider, name, status: "active", settings } as const;
  const sealed = idpSession.parse(row.idp_session)?.idToken;
  return {
    connection: parseConnection("oidc", stored),
    idToken:
      sealed === undefined
        ? undefined
        : secrets.open(sealed, sealContext("sessions.idp_session.idToken", sessionId)),
  };
}

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
