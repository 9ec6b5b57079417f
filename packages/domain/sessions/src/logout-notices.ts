import type { Database, Sql } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import type { SigningAlgorithm } from "@sallyport/signing-keys";

/** An application that is to be told that a session ended. */
export interface LogoutNotice {
  readonly sessionId: string;
  readonly applicationId: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly clientId: string;
  /** Null when the application no longer takes back-channel logout. */
  readonly uri: string | null;
  /** As the application's ID tokens (Back-Channel Logout 1.0, 2.4). */
  readonly signingAlg: SigningAlgorithm;
  /** This attempt, from 1. */
  readonly attempt: number;
}

/**
 * Takes notices that are due, and puts their next attempt off to `retryAt`: a process that dies in between, or another
 * one that looks meanwhile, leaves them until then.
 */
export async function takeDueNotices(
  sql: Sql,
  options: { readonly now: Date; readonly limit: number; readonly leaseUntil: Date },
): Promise<LogoutNotice[]> {
  const { rows } = await sql.query<{
    session_id: string;
    application_id: string;
    organization_id: string;
    user_id: string;
    client_id: string;
    uri: string | null;
    signing_alg: SigningAlgorithm;
    attempt: number;
  }>(
    `UPDATE session_applications sa
     SET logout_pending_at = $2, logout_attempts = sa.logout_attempts + 1
     FROM (SELECT session_id, application_id FROM session_applications
           WHERE logout_pending_at <= $1
           ORDER BY logout_pending_at LIMIT $3
           FOR UPDATE SKIP LOCKED) due, sessions s, applications a
     WHERE sa.session_id = due.session_id AND sa.application_id = due.application_id
       AND s.id = sa.session_id AND a.id = sa.application_id
     RETURNING sa.session_id, sa.application_id, s.organization_id, s.user_id, a.client_id,
               a.backchannel_logout_uri AS uri, a.id_token_signing_alg AS signing_alg,
               sa.logout_attempts AS attempt`,
    [options.now, options.leaseUntil, options.limit],
    "logout_take_due",
  );
  return rows.map((row) => ({
    sessionId: row.session_id,
    applicationId: row.application_id,
    organizationId: row.organization_id,
    userId: row.user_id,
    clientId: row.client_id,
    uri: row.uri,
    signingAlg: row.signing_alg,
    attempt: row.attempt,
  }));
}

/** The application knows, or cannot be told any more: with the event of that. */
export async function settleNotice(
  database: Database,
  notice: LogoutNotice,
  result: { readonly delivered: true } | { readonly delivered: false; readonly reason: string },
): Promise<void> {
  await database.transaction(async (sql) => {
    const { rowCount } = await sql.query(
      `UPDATE session_applications SET logout_pending_at = NULL
       WHERE session_id = $1 AND application_id = $2 AND logout_pending_at IS NOT NULL`,
      [notice.sessionId, notice.applicationId],
      "logout_settle",
    );
    if (rowCount === 0) {
      return; // somebody else settled it
    }
    const { organizationId, applicationId, sessionId, attempt: attempts } = notice;
    const event = {
      organizationId,
      actor: { type: "system" },
      resource: { type: "application", id: applicationId },
    } as const;
    await recordEvents(sql, [
      result.delivered
        ? { ...event, type: "application.logged_out", data: { sessionId, attempts } }
        : {
            ...event,
            type: "application.logout_failed",
            data: { sessionId, attempts, reason: result.reason },
          },
    ]);
  });
}

/** The next attempt of a notice that was not delivered: with an event when it is the first that fails. */
export async function postponeNotice(
  database: Database,
  notice: LogoutNotice,
  until: Date,
  reason: string,
): Promise<void> {
  const { organizationId, applicationId, sessionId, attempt } = notice;
  await database.transaction(async (sql) => {
    await sql.query(
      `UPDATE session_applications SET logout_pending_at = $3
       WHERE session_id = $1 AND application_id = $2 AND logout_pending_at IS NOT NULL`,
      [sessionId, applicationId, until],
      "logout_postpone",
    );
    if (attempt === 1) {
      await recordEvents(sql, [
        {
          organizationId,
          actor: { type: "system" },
          resource: { type: "application", id: applicationId },
          type: "application.logout_delayed",
          data: { sessionId, reason },
        },
      ]);
    }
  });
}

/**
 * An INSERT that notes that an application is given tokens of a session, and so is to be told of its end. To be run by
 * itself, or as a member of WITH. The session is held until the commit: whoever ends it meanwhile sees the note.
 * @param sessionId, clientId as expressions, such as "$1"; null notes nothing
 */
export const noteSessionUse = (sessionId: string, clientId: string) => `
  INSERT INTO session_applications (session_id, application_id)
  SELECT s.id, a.id FROM sessions s, applications a WHERE s.id = ${sessionId}::uuid AND a.client_id = ${clientId}::text
  FOR SHARE OF s
  ON CONFLICT DO NOTHING`;
