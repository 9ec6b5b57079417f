import type { ConnectionType } from "@sallyport/connections";
import { defined } from "@sallyport/defined";
import { recordEvents } from "@sallyport/events";
import { sendOn } from "@sallyport/html";
import type { BrowserCookie } from "@sallyport/http";
import { originOf, requestId } from "@sallyport/http";
import {
  closeLoginRecord,
  createLoginTrace,
  type LoginRecordKey,
  type LoginTrace,
  recordOrphanResponse,
} from "@sallyport/login-records";
import type { Request, Response } from "express";
import { findLanding, landingUrl } from "../idp-initiated/landing.ts";
import { countStray, countSuccess } from "./attempts.ts";
import { signIn } from "./create-session.ts";
import { SignInFailure } from "./failures.ts";
import { consumeLoginRequest, type OpenLogin } from "./login-requests.ts";
import type { SignInDeps, Verify } from "./protocol.ts";

export interface Answer {
  readonly type: ConnectionType;
  readonly connectionId: string;
  /** RelayState or `state`; null when the answer carries none, and so answers nothing. */
  readonly state: string | null;
}

/**
 * Takes an IdP's answer all the way: the login request that it answers, validation, sign-in, and back to the
 * application. Throws `SignInFailure`, with the attempt recorded.
 */
export async function completeLogin(
  deps: SignInDeps,
  cookie: BrowserCookie,
  req: Request,
  res: Response,
  answer: Answer,
  verify: Verify,
): Promise<void> {
  const trace = createLoginTrace(deps.now);
  trace.add("response_received");
  const login = await openLogin(deps, cookie, req, answer, trace);
  const record = {
    organizationId: login.connection.organizationId,
    connectionId: login.connection.id,
    recordId: login.recordId,
    requestId: requestId(req),
  };
  let response: string | undefined;
  let sessionId: string;
  let end: End;
  try {
    if (login.disabled) {
      throw new SignInFailure("connection_disabled");
    }
    const verified = await verify(login);
    response = verified.response;
    trace.add("validated", verified.detail);
    const { identity } = verified;
    requireFresh(login, identity.authTime);
    end = await endOf(deps, login);
    trace.add("normalized", { warnings: identity.warnings, groups: identity.groups.length });
    const { assertion } = verified;
    const { connection } = login;
    sessionId = await signIn(
      deps.database,
      { connection, identity, assertion, record, trace, response, ip: req.ip },
      deps.now(),
    );
    countSuccess(deps, originOf(req, cookie), connection.id);
  } catch (error) {
    if (!(error instanceof SignInFailure)) {
      throw error;
    }
    trace.add("failed", { ...error.finding });
    // The records of a connection that was deleted meanwhile went with it.
    if (error.code !== "connection_unknown") {
      const answered = error.response ?? response;
      await recordRefusal(deps, record, { code: error.finding.code, trace, answered, ip: req.ip });
    }
    throw login.cause.kind === "request" ? error.of(login.cause.interactionId) : error;
  }
  await end(req, res, sessionId);
}

async function recordRefusal(
  { database, now }: SignInDeps,
  record: LoginRecordKey & { readonly recordId: string },
  refusal: {
    readonly code: string;
    readonly trace: LoginTrace;
    /** By the IdP. */
    readonly answered: string | undefined;
    readonly ip: string | undefined;
  },
): Promise<void> {
  const { organizationId, connectionId, recordId, requestId } = record;
  const { code, trace, answered, ip } = refusal;
  await database.transaction(async (sql) => {
    await closeLoginRecord(sql, record, {
      outcome: "failure",
      errorCode: code,
      steps: trace.steps,
      response: answered,
      now: now(),
    });
    await recordEvents(sql, [
      {
        organizationId,
        type: "sign_in.refused",
        actor: { type: "system" },
        resource: { type: "signIn", id: recordId },
        data: { connectionId, code },
        requestId,
        ...defined({ ip }),
      },
    ]);
  });
}

type End = (req: Request, res: Response, sessionId: string) => Promise<void>;

/** Where the browser goes in the end. Throws where there is nowhere to go (any more). */
async function endOf(deps: SignInDeps, { cause, browser, connection }: OpenLogin): Promise<End> {
  if (cause.kind === "request") {
    const key = { id: cause.interactionId, browser };
    return (req, res, sessionId) => deps.interactions.goOn(req, res, key, { sessionId });
  }
  const { applicationId, target } = cause.landing;
  const { organizationId } = connection;
  const landing = await findLanding(deps.database.sql, applicationId, target);
  if (landing === null) {
    throw new SignInFailure("landing_missing");
  }
  return async (_req, res, sessionId) => {
    await deps.waiting.leave(res, { organizationId, applicationId, sessionId });
    sendOn(res, landingUrl(deps.publicUrl, landing, organizationId));
  };
}

/** How far the IdP's clock may be behind ours. */
const CLOCK_SKEW_MS = 120_000;

/**
 * That somebody authenticates anew is asked for by way of their own browser, which can take it out of a request that is
 * not signed; and some IdPs do not listen. What counts is when they did.
 */
function requireFresh({ freshSince, authTimeAsked }: OpenLogin, authTime: Date | null): void {
  if (authTime === null) {
    if (authTimeAsked || freshSince !== null) {
      throw new SignInFailure("auth_time_missing");
    }
    return;
  }
  if (freshSince === null || authTime.getTime() >= freshSince.getTime() - CLOCK_SKEW_MS) {
    return;
  }
  const detail = `asked at ${freshSince.toISOString()}, authenticated at ${authTime.toISOString()}`;
  throw new SignInFailure("login_not_fresh", { detail });
}

/** The login that the answer belongs to; an answer that belongs to none is recorded by itself. */
async function openLogin(
  deps: SignInDeps,
  cookie: BrowserCookie,
  req: Request,
  answer: Answer,
  trace: LoginTrace,
): Promise<OpenLogin> {
  try {
    if (answer.state === null) {
      throw new SignInFailure("response_unsolicited");
    }
    return await consumeLoginRequest(deps.database.sql, deps.secrets, {
      type: answer.type,
      connectionId: answer.connectionId,
      id: answer.state,
      browser: cookie.read(req),
      now: deps.now(),
    });
  } catch (error) {
    if (!(error instanceof SignInFailure)) {
      throw error;
    }
    trace.add("failed", { ...error.finding });
    countStray(deps, originOf(req, cookie), answer.connectionId);
    await recordOrphanResponse(deps.database.sql, {
      connectionId: answer.connectionId,
      type: answer.type,
      requestId: requestId(req),
      errorCode: error.finding.code,
      steps: trace.steps,
      now: deps.now(),
    });
    throw error;
  }
}
