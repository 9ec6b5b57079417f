import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isId, type Sql } from "@sallyport/database";
import { sendOn, sendPage } from "@sallyport/html";
import { digestToken, type SecretBox } from "@sallyport/secrets";
import type { Request, Response } from "express";
import { renderTestDonePage } from "../pages/test-done-page.ts";
import type { SignInContext } from "./context.ts";
import { findDestination } from "./destination.ts";
import { isSignInFailureCode, SignInFailure } from "./failures.ts";
import {
  type LoginRequestRow,
  type OpenLogin,
  type ResponseOrigin,
  readLoginRequest,
} from "./login-requests.ts";
import { findStepOfLogin, stepPath } from "./waiting-logins.ts";

/** A double click, or a reload while the page still loads. A later post is a replay, or somebody who went back. */
export const REPEATED_WITHIN_MS = 10_000;
const ATTEMPTS = 20;
const BETWEEN_ATTEMPTS_MS = 100;

export function digestResponse(response: string): Buffer {
  return createHash("sha256").update(response).digest();
}

/**
 * Answers a response that the same browser posted a moment ago, to this or another process, as the first post was
 * answered: the browser has dropped that answer, so the person sees only this one. A login that succeeded ends in the same
 * session, with a code of its own. Throws the `SignInFailure` that the first post ended with. Returns false, with nothing
 * sent, where this is no repetition or the first post has no outcome within two seconds.
 *
 * Called only for responses that were refused, so that it costs other logins no statement.
 */
export async function answerRepeatedResponse(
  context: SignInContext,
  req: Request,
  res: Response,
  origin: ResponseOrigin,
  response: string,
): Promise<boolean> {
  const login = await findRepeatedLogin(context.database.sql, context.secrets, origin, response);
  if (login === null) {
    return false;
  }
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (await answerAsFirst(context, req, res, login)) {
      return true;
    }
    await sleep(BETWEEN_ATTEMPTS_MS);
  }
  return false;
}

/** Finds the login that this response completed a moment ago. From another browser it is a replay: null. */
async function findRepeatedLogin(
  sql: Sql,
  secrets: SecretBox,
  { type, connectionId, browser, now }: ResponseOrigin,
  response: string,
): Promise<OpenLogin | null> {
  if (browser === null || !isId(connectionId)) {
    return null;
  }
  const { rows } = await sql.query<LoginRequestRow>(
    `SELECT r.id, r.interaction_id, r.sealed_state, r.organization_id, c.provider, c.name, c.status, c.settings
     FROM login_requests r JOIN connections c ON c.id = r.connection_id AND c.type = $5::connection_type
     WHERE r.browser_digest = $1 AND r.connection_id = $2 AND r.response_digest = $3 AND r.used_at > $4`,
    [
      digestToken(browser),
      connectionId,
      digestResponse(response),
      new Date(now.getTime() - REPEATED_WITHIN_MS),
      type,
    ],
    "login_request_repeated",
  );
  const [row] = rows;
  return row === undefined ? null : readLoginRequest(secrets, { row, type, connectionId, browser });
}

/** Answers as the first post was, if it has been. Throws the `SignInFailure` that it ended with. */
async function answerAsFirst(
  context: SignInContext,
  req: Request,
  res: Response,
  { cause, browser, connection, recordId }: OpenLogin,
): Promise<boolean> {
  const { sql } = context.database;
  const { rows } = await sql.query<{ outcome: string; session_id: string | null; failure: string | null }>(
    `SELECT outcome, session_id, coalesce(steps -> -1 -> 'detail' ->> 'page', error_code) AS failure
     FROM login_records WHERE id = $1 AND organization_id = $2`,
    [recordId, connection.organizationId],
    "login_record_outcome",
  );
  const [record] = rows;
  if (record?.outcome === "failure") {
    throw repeatedFailure(record.failure, cause.kind === "request" ? cause.interactionId : undefined);
  }
  if (record?.outcome === "success" && cause.kind === "test") {
    sendPage(res, 200, renderTestDonePage());
    return true;
  }
  if (record === undefined || cause.kind === "test" || connection.status !== "active") {
    return false;
  }
  if (record.session_id === null) {
    const step = await findStepOfLogin(
      sql,
      context.secrets,
      { browser, connection, recordId },
      context.now(),
    );
    if (step === null) {
      return false;
    }
    sendOn(res, stepPath(step));
    return true;
  }
  if (cause.kind === "request") {
    const key = { id: cause.interactionId, browser };
    return context.interactions.repeat(req, res, key, { sessionId: record.session_id });
  }
  const goToDestination = await findDestination(context, { cause, browser, connection });
  await goToDestination(req, res, record.session_id);
  return true;
}

function repeatedFailure(code: string | null, interactionId: string | undefined): SignInFailure {
  const known = code !== null && isSignInFailureCode(code) ? code : "response_invalid";
  return new SignInFailure(known, { interactionId });
}
