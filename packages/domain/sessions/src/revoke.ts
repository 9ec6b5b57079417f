import type { Sql } from "@sallyport/database";
import { type Origin, recordEvents } from "@sallyport/events";
import { addNotices } from "./logout-notices.ts";
import { sessionsEndHere } from "./revocations/ending-here.ts";

/** Which sessions end. An empty list ends none. */
export type RevocationScope =
  | { readonly sessionIds: readonly string[] }
  | { readonly userIds: readonly string[] }
  | { readonly connectionId: string }
  | "all";

export interface RevokedSession {
  readonly id: string;
  readonly userId: string;
}

/**
 * Ends the sessions of one organization that the scope names and that are still live: sets `revoked_at`, leaves a notice
 * for each application that wants back-channel logout, and an event each; a trigger adds them to the log that all processes
 * and the revocation feed read. From the commit on no token of them is good. Returns the sessions that this call ended.
 */
export async function revokeSessions(
  sql: Sql,
  organizationId: string,
  scope: RevocationScope,
  { reason, now, ...origin }: { readonly reason: string; readonly now: Date } & Origin,
): Promise<RevokedSession[]> {
  const [condition, value] = scopeCondition(scope);
  const { rows } = await sql.query<{ id: string; user_id: string }>(
    `UPDATE sessions SET revoked_at = $3, revoked_reason = $4
     WHERE organization_id = $1 AND ${condition} AND revoked_at IS NULL AND expires_at > $3
     RETURNING id, user_id`,
    [organizationId, value, now, reason],
  );
  if (rows.length === 0) {
    return [];
  }
  sessionsEndHere(rows.map(({ id }) => id));
  const revoked = rows.map((row) => ({ id: row.id, userId: row.user_id }));
  await addNotices(sql, organizationId, revoked, now);
  await recordEvents(
    sql,
    revoked.map(({ id, userId }) => ({
      ...origin,
      organizationId,
      type: "session.revoked",
      resource: { type: "session", id },
      data: { userId, reason },
    })),
  );
  return revoked;
}

function scopeCondition(scope: RevocationScope): [condition: string, value: unknown] {
  if (scope === "all") {
    return ["$2::text IS NULL", null];
  }
  if ("sessionIds" in scope) {
    return ["id = ANY($2::uuid[])", scope.sessionIds];
  }
  if ("userIds" in scope) {
    return ["user_id = ANY($2::uuid[])", scope.userIds];
  }
  return ["connection_id = $2::uuid", scope.connectionId];
}
