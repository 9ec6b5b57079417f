import type { ConnectionType, StoredConnection } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";

/** A session that has ended here, of a connection whose IdP may be told. Each protocol reads what it has stored in it. */
export interface EndedSession {
  readonly id: string;
  readonly connection: StoredConnection;
  /** What was kept of how the IdP named the sign-in; null where nothing was. */
  readonly idpSession: unknown;
}

/** Null where the session still lives, or its connection is gone or not active. */
export async function findEndedSession(sql: Sql, sessionId: string): Promise<EndedSession | null> {
  const { rows } = await sql.query<{
    idp_session: unknown;
    connection_id: string;
    organization_id: string;
    type: ConnectionType;
    provider: string;
    name: string;
    settings: unknown;
  }>(
    `SELECT s.idp_session, c.id AS connection_id, c.organization_id, c.type, c.provider, c.name, c.settings
     FROM sessions s JOIN connections c ON c.id = s.connection_id AND c.organization_id = s.organization_id
     WHERE s.id = $1 AND s.revoked_at IS NOT NULL AND c.status = 'active'`,
    [sessionId],
    "logout_ended_session",
  );
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  const { idp_session: idpSession, connection_id: id, organization_id: organizationId, ...rest } = row;
  return { id: sessionId, connection: { ...rest, id, organizationId, status: "active" }, idpSession };
}
