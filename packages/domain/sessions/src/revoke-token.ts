import { createHash } from "node:crypto";
import type { Sql } from "@sallyport/database";
import { type Origin, recordEvents } from "@sallyport/events";
import { sessionsEndHere } from "./revocations/ending-here.ts";

/**
 * Ends one token (by its `jti`) or all that were given for one authorization (by its `grant_id`), and not the
 * session that they speak of. `findLiveSession`, asked with that id, answers null from the commit on. Call it in a
 * transaction: it leaves an event. Returns whether the session was still known.
 */
export async function revokeToken(
  sql: Sql,
  sessionId: string,
  tokenId: string,
  { reason, ...origin }: { readonly reason: string } & Origin,
): Promise<boolean> {
  const { rows } = await sql.query<{ organization_id: string }>(
    `WITH session AS (
       SELECT organization_id, expires_at FROM sessions WHERE id = $1
     ), ended AS (
       INSERT INTO revoked_tokens (digest, expires_at) SELECT $2, expires_at FROM session
       ON CONFLICT DO NOTHING
     ), logged AS (
       INSERT INTO session_revocations (session_id) SELECT $1 FROM session
     )
     SELECT organization_id FROM session`,
    [sessionId, revokedTokenDigest(tokenId)],
  );
  sessionsEndHere([sessionId]);
  const session = rows[0];
  if (session === undefined) {
    return false;
  }
  await recordEvents(sql, [
    {
      ...origin,
      organizationId: session.organization_id,
      type: "session.token_revoked",
      resource: { type: "session", id: sessionId },
      data: { reason },
    },
  ]);
  return true;
}

/**
 * Leaves an event: a refresh token of the session was used again, shortly after its first use, by the application that it
 * is for, and all that rests on it goes on. Call it in a transaction.
 */
export async function recordTokenRepetition(
  sql: Sql,
  sessionId: string,
  clientId: string,
  requestId: string,
): Promise<void> {
  const { rows } = await sql.query<{ organization_id: string }>(
    "SELECT organization_id FROM sessions WHERE id = $1",
    [sessionId],
  );
  await recordEvents(
    sql,
    rows.map((row) => ({
      organizationId: row.organization_id,
      actor: { type: "system" },
      requestId,
      type: "session.refresh_repeated",
      resource: { type: "session", id: sessionId },
      data: { clientId },
    })),
  );
}

export function revokedTokenDigest(tokenId: string): Buffer {
  return createHash("sha256").update(tokenId, "utf8").digest();
}
