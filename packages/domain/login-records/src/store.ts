import type { ConnectionType } from "@sallyport/connections";
import { cutText, isId, newId, type Sql, type Statement, storableJson } from "@sallyport/database";
import type { LoginStep } from "./login-trace.ts";

/** Where an attempt belongs. */
export interface LoginRecordKey {
  readonly organizationId: string;
  readonly connectionId: string;
  /** The record that the login's start opened; null when there was no start (an unsolicited answer, say). */
  readonly recordId: string | null;
  readonly requestId: string;
}

/** The record that a login opens when it starts, as a part of the statement that stores its login request. */
export function openingStatement(
  key: LoginRecordKey & { readonly recordId: string },
  login: {
    readonly steps: readonly LoginStep[];
    /** What the IdP is asked, decoded and masked. */
    readonly request: string;
    readonly now: Date;
  },
): Statement {
  return {
    text: `INSERT INTO login_records
       (id, organization_id, connection_id, request_id, outcome, steps, request, created_at)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4, 'started', $5::jsonb, $6, $7::timestamptz)`,
    values: [
      key.recordId,
      key.organizationId,
      key.connectionId,
      key.requestId,
      stepsJson(login.steps),
      login.request,
      login.now,
    ],
  };
}

/** What an open record learns on the way, as a part of the statement that keeps a login waiting. */
export function progressStatement(
  key: { readonly organizationId: string; readonly recordId: string },
  progress: {
    readonly steps: readonly LoginStep[];
    /** What came back, decoded and masked; undefined where the record has it. */
    readonly response: string | undefined;
  },
): Statement {
  return {
    text: `UPDATE login_records SET steps = steps || $3::jsonb, response = coalesce($4::text, response)
     WHERE id = $1::uuid AND organization_id = $2::uuid`,
    values: [key.recordId, key.organizationId, stepsJson(progress.steps), progress.response ?? null],
  };
}

export type LoginOutcome =
  /** No session: it was a test, which signs nobody in. */
  | { readonly outcome: "success"; readonly sessionId: string | null }
  | { readonly outcome: "failure"; readonly errorCode: string };

export type ClosedLogin = LoginOutcome & {
  readonly steps: readonly LoginStep[];
  /** What came back, decoded and masked; undefined where nothing did, or the record has it. */
  readonly response: string | undefined;
  readonly now: Date;
};

/**
 * Closes the record of an attempt, or writes a whole one when none was opened. The request id becomes the one that
 * the person was shown.
 */
export async function closeLoginRecord(sql: Sql, key: LoginRecordKey, login: ClosedLogin): Promise<void> {
  const { text, values } = closingStatement(key, login);
  await sql.query(text, values, "login_record_close");
}

/** What `closeLoginRecord` runs, to be a part of the statement that signs somebody in. */
export function closingStatement(key: LoginRecordKey, result: ClosedLogin): Statement {
  return {
    text: `INSERT INTO login_records
       (id, organization_id, connection_id, request_id, outcome, error_code, session_id, steps, response, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (id) DO UPDATE SET
       request_id = excluded.request_id, outcome = excluded.outcome, error_code = excluded.error_code,
       session_id = excluded.session_id, steps = login_records.steps || excluded.steps,
       response = coalesce(excluded.response, login_records.response)`,
    values: [
      key.recordId ?? newId(),
      key.organizationId,
      key.connectionId,
      key.requestId,
      result.outcome,
      result.outcome === "failure" ? result.errorCode : null,
      result.outcome === "success" ? result.sessionId : null,
      stepsJson(result.steps),
      result.response ?? null,
      result.now,
    ],
  };
}

/** Records a response that belongs to no login. Does nothing when there is no such connection. */
export async function recordOrphanResponse(
  sql: Sql,
  attempt: {
    readonly connectionId: string;
    readonly type: ConnectionType;
    readonly requestId: string;
    readonly errorCode: string;
    readonly steps: readonly LoginStep[];
    /** What came, decoded and masked. */
    readonly response: string | undefined;
    readonly now: Date;
  },
): Promise<void> {
  if (!isId(attempt.connectionId)) {
    return;
  }
  await sql.query(
    `INSERT INTO login_records
       (id, organization_id, connection_id, request_id, outcome, error_code, steps, response, created_at)
     SELECT $1, organization_id, id, $3, 'failure', $4, $5, $8, $6
     FROM connections WHERE id = $2 AND type = $7::connection_type`,
    [
      newId(),
      attempt.connectionId,
      attempt.requestId,
      attempt.errorCode,
      stepsJson(attempt.steps),
      attempt.now,
      attempt.type,
      attempt.response ?? null,
    ],
    "login_record_orphan",
  );
}

/** From here on steps are looked at for texts that are too long; usual ones are far below. */
const MANY_STEPS_LENGTH = 4 * 1024;
const MAX_DETAIL_LENGTH = 500;

/** A step's detail may quote what a stranger sent, at any length, and also what jsonb does not hold. */
export function stepsJson(steps: readonly LoginStep[]): string {
  const whole = JSON.stringify(steps);
  const json = whole.length <= MANY_STEPS_LENGTH ? whole : JSON.stringify(steps, cutTexts);
  return storableJson(json);
}

function cutTexts(_key: string, value: unknown): unknown {
  if (typeof value !== "string" || value.length <= MAX_DETAIL_LENGTH) {
    return value;
  }
  return `${cutText(value, MAX_DETAIL_LENGTH)} [cut]`;
}
