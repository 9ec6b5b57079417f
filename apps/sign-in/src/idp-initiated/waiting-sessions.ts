import type { IncomingMessage } from "node:http";
import type { Database } from "@sallyport/database";
import { cookieValue } from "@sallyport/http";
import type { WaitingSessions } from "@sallyport/interactions";
import { digestToken, isTokenOf, newToken } from "@sallyport/secrets";
import type { Response } from "express";

/** The application is on the way to ask: a redirect or two. */
const LIFETIME_MS = 5 * 60 * 1000;

export function createWaitingSessions(deps: {
  readonly database: Database;
  readonly publicUrl: string;
  readonly now: () => Date;
}): WaitingSessions {
  const { sql } = deps.database;
  const secure = deps.publicUrl.startsWith("https:");
  // The prefix keeps a neighbouring subdomain from planting a session of its own choice (RFC 6265bis, 4.1.3.2).
  const name = secure ? "__Host-sallyport-waiting" : "sallyport-waiting";
  const options = { httpOnly: true, secure, sameSite: "lax", path: "/" } as const;
  const tokenOf = (req: IncomingMessage) => {
    const value = cookieValue(req.headers.cookie ?? "", name);
    return value !== null && isTokenOf("waiting", value) ? value : null;
  };

  return {
    async store(res: Response, { organizationId, applicationId, sessionId }) {
      const token = newToken("waiting");
      const now = deps.now();
      await sql.query(
        `INSERT INTO waiting_sessions (digest, organization_id, application_id, session_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [
          digestToken(token),
          organizationId,
          applicationId,
          sessionId,
          now,
          new Date(now.getTime() + LIFETIME_MS),
        ],
      );
      res.cookie(name, token, { ...options, maxAge: LIFETIME_MS });
    },
    mayHave: (req) => tokenOf(req) !== null,
    async has(req, clientId) {
      const token = tokenOf(req);
      if (token === null) {
        return false;
      }
      const { rows } = await sql.query(
        `SELECT 1 FROM waiting_sessions w
         JOIN applications a ON a.id = w.application_id
         JOIN sessions s ON s.id = w.session_id AND s.organization_id = w.organization_id
         WHERE w.digest = $1 AND a.client_id = $2 AND w.expires_at > $3
           AND s.revoked_at IS NULL AND s.expires_at > $3`,
        [digestToken(token), clientId, deps.now()],
      );
      return rows.length > 0;
    },
    async take(req, res: Response, applicationId) {
      const token = tokenOf(req);
      if (token === null) {
        return null;
      }
      const { rows } = await sql.query<{ session_id: string; connection_id: string; usable: boolean }>(
        `DELETE FROM waiting_sessions w USING sessions s
         WHERE w.digest = $1 AND w.application_id = $2 AND s.id = w.session_id
           AND s.organization_id = w.organization_id
         RETURNING w.session_id, s.connection_id,
                   w.expires_at > $3 AND s.revoked_at IS NULL AND s.expires_at > $3 AS usable`,
        [digestToken(token), applicationId, deps.now()],
      );
      const [row] = rows;
      if (row === undefined) {
        return null;
      }
      res.clearCookie(name, options);
      return row.usable ? { sessionId: row.session_id, connectionId: row.connection_id } : null;
    },
  };
}
