import { createHash } from "node:crypto";
import type { SamlConnection } from "@sallyport/connections";
import { parseConnectionSettings } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";
import type { SamlLogoutRequest } from "@sallyport/saml";
import { digestToken } from "@sallyport/secrets";
import { z } from "zod";

const LOGOUT_REQUEST_LIFETIME_MS = 10 * 60 * 1000;
/** Says nothing of a format (SAML core 8.3.1): so it contradicts none. */
const UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/** How an IdP named one sign-in: what a logout must say again, and what the IdP says in its own. */
const idpSession = z.object({
  nameId: z.string(),
  format: z.string(),
  nameQualifier: z.string().exactOptional(),
  spNameQualifier: z.string().exactOptional(),
  sessionIndex: z.string().exactOptional(),
});

export type IdpSession = z.infer<typeof idpSession>;

/** A session that has ended here, of a connection whose IdP may be told. */
export interface EndedSession {
  readonly connection: SamlConnection;
  readonly idpSession: IdpSession;
}

/** Null where the session is no SAML one, still lives, or its connection is gone or not active. */
export async function findEndedSession(sql: Sql, sessionId: string): Promise<EndedSession | null> {
  const { rows } = await sql.query<{
    idp_session: unknown;
    connection_id: string;
    organization_id: string;
    provider: string;
    name: string;
    settings: unknown;
  }>(
    `SELECT s.idp_session, c.id AS connection_id, c.organization_id, c.provider, c.name, c.settings
     FROM sessions s JOIN connections c ON c.id = s.connection_id AND c.organization_id = s.organization_id
     WHERE s.id = $1 AND s.revoked_at IS NOT NULL AND c.type = 'saml' AND c.status = 'active'`,
    [sessionId],
    "logout_ended_session",
  );
  const [row] = rows;
  const named = idpSession.safeParse(row?.idp_session);
  if (row === undefined || !named.success) {
    return null;
  }
  return {
    connection: {
      id: row.connection_id,
      organizationId: row.organization_id,
      type: "saml",
      provider: row.provider,
      name: row.name,
      settings: parseConnectionSettings("saml", row.settings),
    },
    idpSession: named.data,
  };
}

/** A sign-out that goes on to the IdP, and is to come back. */
export interface PendingLogout {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly sessionId: string;
  /** Where the application wants the browser in the end; null where it did not say. */
  readonly target: string | null;
}

export async function storePendingLogout(
  sql: Sql,
  logout: PendingLogout & { readonly id: string; readonly browser: string; readonly now: Date },
): Promise<void> {
  await sql.query(
    `INSERT INTO logout_requests
       (id, organization_id, connection_id, session_id, browser_digest, target, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      logout.id,
      logout.organizationId,
      logout.connectionId,
      logout.sessionId,
      digestToken(logout.browser),
      logout.target,
      logout.now,
      new Date(logout.now.getTime() + LOGOUT_REQUEST_LIFETIME_MS),
    ],
    "logout_request_store",
  );
}

/** Takes a pending logout for the browser that it belongs to: once, within ten minutes. */
export async function takePendingLogout(
  sql: Sql,
  key: {
    readonly id: string;
    readonly connectionId: string;
    readonly browser: string;
    readonly now: Date;
  },
): Promise<PendingLogout | null> {
  const { id, connectionId, browser, now } = key;
  const { rows } = await sql.query<{ organization_id: string; session_id: string; target: string | null }>(
    `UPDATE logout_requests SET used_at = $4
     WHERE id = $1 AND connection_id = $2 AND browser_digest = $3 AND used_at IS NULL AND expires_at > $4
     RETURNING organization_id, session_id, target`,
    [id, connectionId, digestToken(browser), now],
    "logout_request_take",
  );
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  return { organizationId: row.organization_id, connectionId, sessionId: row.session_id, target: row.target };
}

/** Marks an IdP's logout request as used; false when it was before. Of two uses at once the second waits and finds the first. */
export async function useLogoutRequest(
  sql: Sql,
  connectionId: string,
  request: Pick<SamlLogoutRequest, "id" | "replayableUntil">,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `INSERT INTO used_assertions (connection_id, assertion_id, expires_at) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING`,
    // Its digest, because an ID may be of any length and a key may not.
    [connectionId, createHash("sha256").update(request.id, "utf8").digest("hex"), request.replayableUntil],
    "logout_request_use",
  );
  return rowCount === 1;
}

/**
 * The live sessions that an IdP names: by this very connection, from this very issuer, with this NameID. What only
 * one side says of a name (its format or qualifiers) contradicts nothing; nor does a SessionIndex to a session that
 * the IdP gave none.
 */
export async function findNamedSessions(
  sql: Sql,
  connection: SamlConnection,
  { subject, sessionIndexes }: Pick<SamlLogoutRequest, "subject" | "sessionIndexes">,
  now: Date,
): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT s.id FROM sessions s
     WHERE s.organization_id = $1 AND s.connection_id = $2 AND s.revoked_at IS NULL AND s.expires_at > $10
       AND left(s.idp_session->>'nameId', 255) = left($3, 255) AND s.idp_session->>'nameId' = $3
       AND ($4 = $9 OR s.idp_session->>'format' IN ($4, $9))
       AND coalesce(s.idp_session->>'nameQualifier' = $5, true)
       AND coalesce(s.idp_session->>'spNameQualifier' = $6, true)
       AND (cardinality($7::text[]) = 0 OR coalesce(s.idp_session->>'sessionIndex' = ANY($7), true))
       AND EXISTS (SELECT 1 FROM identities i
                   WHERE i.id = s.identity_id AND i.connection_id = $2 AND i.issuer = $8)`,
    [
      connection.organizationId,
      connection.id,
      subject.nameId,
      subject.format,
      subject.nameQualifier ?? null,
      subject.spNameQualifier ?? null,
      sessionIndexes,
      connection.settings.idpEntityId,
      UNSPECIFIED,
      now,
    ],
    "logout_named_sessions",
  );
  return rows.map((row) => row.id);
}
