import { createHash } from "node:crypto";
import { type Actor, recordAudit } from "@sallyport/audit";
import type { Sql } from "@sallyport/database";

/**
 * Ends one token (by its `jti`) or all that were given for one authorization (by its `grant_id`), and not the
 * session that they speak of. `findLiveSession`, asked with that id, answers null from the commit on. Call it in a
 * transaction: it leaves an audit event. Returns whether the session was still known.
 */
export async function revokeToken(
  sql: Sql,
  sessionId: string,
  tokenId: string,
  cause: { readonly reason: string; readonly actor: Actor; readonly requestId?: string },
): Promise<boolean> {
  const { rows } = await sql.query<{ organization_id: string }>(
    `WITH session AS (
       SELECT organization_id, expires_at FROM sessions WHERE id = $1
     ), ended AS (
       INSERT INTO op_artifacts (kind, digest, payload, expires_at)
       SELECT 'RevokedToken', $2, '{}', expires_at FROM session
       ON CONFLICT DO NOTHING
     )
     SELECT organization_id FROM session`,
    [sessionId, revokedTokenDigest(tokenId)],
  );
  const session = rows[0];
  if (session === undefined) return false;
  await recordAudit(sql, [
    {
      organizationId: session.organization_id,
      type: "token.revoked",
      actor: cause.actor,
      resource: { type: "session", id: sessionId },
      data: { reason: cause.reason },
      ...(cause.requestId === undefined ? {} : { requestId: cause.requestId }),
    },
  ]);
  return true;
}

export function revokedTokenDigest(tokenId: string): Buffer {
  return createHash("sha256").update(tokenId, "utf8").digest();
}
