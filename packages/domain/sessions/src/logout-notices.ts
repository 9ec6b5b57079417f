import type { Database, Sql } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import type { SigningAlgorithm } from "@sallyport/signing-keys";

/** An application that is to be told that a session ended; its row outlives the session, its user and its organization. */
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
 * Notes the applications that have tokens of sessions which end in this transaction, and want to be told. A statement of its
 * own, behind the one that ended them: it sees who was given tokens while that waited for the session's row.
 */
export async function addNotices(
  sql: Sql,
  organizationId: string,
  sessions: readonly { readonly id: string; readonly userId: string }[],
  now: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO logout_notices (session_id, application_id, organization_id, user_id, due_at)
     SELECT ended.id, a.id, $1::uuid, ended.user_id, $4
     FROM unnest($2::uuid[], $3::uuid[]) AS ended (id, user_id)
     JOIN session_applications sa ON sa.session_id = ended.id
     JOIN applications a ON a.id = sa.application_id AND a.backchannel_logout_uri IS NOT NULL
     ON CONFLICT DO NOTHING`,
    [organizationId, sessions.map(({ id }) => id), sessions.map(({ userId }) => userId), now],
    "logout_add",
  );
}

/** Whether applications are still to be told of sessions of an organization, which may be deleted. */
export async function hasNotices(sql: Sql, organizationId: string): Promise<boolean> {
  const { rows } = await sql.query(
    "SELECT 1 FROM logout_notices WHERE organization_id = $1::uuid LIMIT 1",
    [organizationId],
    "logout_any",
  );
  return rows.length > 0;
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
    `UPDATE logout_notices n
     SET due_at = $2, attempts = n.attempts + 1
     FROM (SELECT session_id, application_id FROM logout_notices
           WHERE due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) due, applications a
     WHERE n.session_id = due.session_id AND n.application_id = due.application_id AND a.id = n.application_id
     RETURNING n.session_id, n.application_id, n.organization_id, n.user_id, a.client_id,
               a.backchannel_logout_uri AS uri, a.id_token_signing_alg AS signing_alg, n.attempts AS attempt`,
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

/** The application has been notified, or can no longer be: records the event of either. */
export async function settleNotice(
  database: Database,
  notice: LogoutNotice,
  result: { readonly delivered: true } | { readonly delivered: false; readonly reason: string },
): Promise<void> {
  await database.transaction(async (sql) => {
    const { rowCount } = await sql.query(
      "DELETE FROM logout_notices WHERE session_id = $1 AND application_id = $2",
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
      "UPDATE logout_notices SET due_at = $3 WHERE session_id = $1 AND application_id = $2",
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
