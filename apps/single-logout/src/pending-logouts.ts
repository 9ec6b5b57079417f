import type { Sql } from "@sallyport/database";
import { digestToken } from "@sallyport/secrets";
import type { EndedSession } from "./ended-session.ts";

const LOGOUT_REQUEST_LIFETIME_MS = 10 * 60 * 1000;

/** A sign-out that goes on to the IdP, and is to come back. */
export interface PendingLogout {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly sessionId: string;
  /** Where the application wants the browser in the end; null where it did not say. */
  readonly target: string | null;
}

/**
 * Stores a sign-out that is sent to the IdP now.
 * @param logout `id`: by which the IdP's answer names it; `browser`: the token of the one that is to bring the answer
 */
export async function storePendingLogout(
  sql: Sql,
  { id: sessionId, connection }: EndedSession,
  logout: {
    readonly id: string;
    readonly target: string | null;
    readonly browser: string;
    readonly now: Date;
  },
): Promise<void> {
  await sql.query(
    `INSERT INTO logout_requests
       (id, organization_id, connection_id, session_id, browser_digest, target, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      logout.id,
      connection.organizationId,
      connection.id,
      sessionId,
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
