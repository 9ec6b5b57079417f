import { readBrand } from "@sallyport/branding";
import type { ConnectionType, StoredConnection } from "@sallyport/connections";
import { newId } from "@sallyport/database";
import { sendOn, sendPage } from "@sallyport/html";
import { originOf, requestId } from "@sallyport/http";
import type { SignInRequest } from "@sallyport/interactions";
import { createLoginTrace, type Finding, type LoginTrace, startTestLogin } from "@sallyport/login-records";
import type { Request, Response } from "express";
import type { Landing } from "../idp-initiated/landing.ts";
import { sendForm } from "../pages/form-page.ts";
import { sendToIdp } from "../pages/send-to-idp.ts";
import { renderTestDonePage } from "../pages/test-done-page.ts";
import { countStart, countSuccess } from "./attempts.ts";
import type { SignInContext, StartContext } from "./context.ts";
import { createSession } from "./create-session.ts";
import { findDestination } from "./destination.ts";
import { SignInFailure } from "./failures.ts";
import { requireFreshAuthentication } from "./freshness.ts";
import type { VerifiedLogin } from "./further-steps.ts";
import {
  consumeLoginRequest,
  findLoginRequest,
  newLoginRequestId,
  type OpenLogin,
  type ProtocolState,
  storeLoginRequest,
  type TestCause,
} from "./login-requests.ts";
import { protocolOf } from "./protocol.ts";
import { recordFailedStart, recordOrphan, recordRefusal } from "./records.ts";
import { answerRepeatedResponse, digestResponse } from "./repeated-responses.ts";
import { connectionUnderTest, endTestLogin } from "./test-login.ts";
import { findWaitingLogin, stepPath, storeWaitingLogin, takeWaitingLogin } from "./waiting-logins.ts";

// A login, top to bottom:
//
//   startLogin      count → ask the protocol for its request → remember it for this browser → the IdP
//   completeLogin   the IdP's response → its login request → verify → authenticated anew, where that was asked for
//                   a test ends here, with nobody signed in (test-login.ts)
//   continueLogin   → a destination → further steps, which may show a form → the session → back to the application
//   resumeLogin     a further step's form → check it → continueLogin with the next step
//
// What fails on the way throws `SignInFailure`, is recorded, and ends on a page (pages/failure-page.ts).

export interface LoginStart {
  readonly connection: StoredConnection;
  readonly cause:
    | { readonly kind: "request"; readonly request: SignInRequest }
    | { readonly kind: "landing"; readonly landing: Landing }
    | TestCause;
  readonly loginHint: string | undefined;
  /** Token of the browser. */
  readonly browser: string;
  /** What came before, for the login record. */
  readonly trace?: LoginTrace;
}

/** Starts a login at a connection's IdP, and sends the browser there. Throws `SignInFailure`, with nothing sent. */
export async function startLogin(
  context: StartContext,
  req: Request,
  res: Response,
  start: LoginStart,
): Promise<void> {
  const { connection, cause, loginHint, browser, trace = createLoginTrace(context.now) } = start;
  const { organizationId, id: connectionId } = connection;
  countStart(context, originOf(req, context.cookie), connectionId);

  const { forceLogin, selectAccount, acrValues, maxAge }: Wanted =
    cause.kind === "request" ? cause.request : NOTHING_WANTED;
  trace.add("started", {
    ...(cause.kind === "request" ? { application: cause.request.application.id } : {}),
    ...(cause.kind === "landing" ? landingDetail(cause.landing) : {}),
    ...(forceLogin ? { forceLogin } : {}),
    ...(selectAccount ? { selectAccount } : {}),
    ...(acrValues.length > 0 ? { acrValues } : {}),
  });
  const id = newLoginRequestId();
  const recordId = newId();
  if (cause.kind === "test") {
    await startTestLogin(context.database.sql, cause.testId, recordId);
  }
  const started = await protocolOf(context.protocols, connection.type)
    .start(connection, { id, loginHint, forceLogin, selectAccount, maxAge, acrValues })
    .catch(async (error: unknown) => {
      if (error instanceof SignInFailure) {
        const key = { organizationId, connectionId, recordId, requestId: requestId(req) };
        await recordFailedStart(context, key, trace, error);
      }
      throw error;
    });

  trace.add("redirected", { by: started.send.by });
  await storeLoginRequest(context.database.sql, context.secrets, {
    id,
    connection,
    cause: cause.kind === "request" ? { kind: "request", interactionId: cause.request.id } : cause,
    browser,
    protocolState: started.state,
    forced: forceLogin || started.forced === true,
    authTimeAsked: forceLogin || maxAge !== undefined,
    record: { id: recordId, requestId: requestId(req), steps: trace.steps, request: started.request },
    now: context.now(),
  });
  sendToIdp(res, started.send);
}

/** What an application may want of a sign-in. */
type Wanted = Pick<SignInRequest, "forceLogin" | "selectAccount" | "acrValues" | "maxAge">;
const NOTHING_WANTED: Wanted = { forceLogin: false, selectAccount: false, acrValues: [] };

function landingDetail({ applicationId: application, target }: Landing) {
  return { application, ...(target === null ? {} : { target }) };
}

export interface IdpResponse {
  readonly type: ConnectionType;
  readonly connectionId: string;
  /** RelayState or `state`; null when there is none. */
  readonly state: string | null;
  /**
   * Whether the response itself says that it belongs to the login with this state of its protocol: finds the login where
   * the `state` was lost or replaced on the way.
   */
  readonly belongsTo?: (protocolState: ProtocolState) => boolean;
  /** What is worth telling of how it came, for the login record. */
  readonly received?: Readonly<Record<string, unknown>>;
  /** What the record says where it belongs to no login. Default: as the page does. */
  readonly orphanFinding?: Finding | undefined;
  /** As it came, for the protocol to verify. */
  readonly response: string;
  /** The same browser may send it twice, as by a double click: the second ends where the first did. Default: counts once. */
  readonly mayRepeat?: true;
}

/** Takes an IdP's response all the way. Throws `SignInFailure`, with the attempt recorded. */
export async function completeLogin(
  context: SignInContext,
  req: Request,
  res: Response,
  response: IdpResponse,
): Promise<void> {
  const trace = createLoginTrace(context.now);
  trace.add("response_received", response.received);
  const login = await openLogin(context, req, res, response, trace);
  if (login === "answered") {
    return;
  }

  const attempt: Attempt = { login, trace, requestId: requestId(req), ip: req.ip };
  const send = await recordingFailure(context, attempt, async () => {
    if (login.cause.kind !== "test") {
      requireActive(login.connection);
    }
    const protocol = protocolOf(context.protocols, response.type);
    const tried =
      login.cause.kind === "test"
        ? { ...login, connection: await connectionUnderTest(context, login.connection, login.cause) }
        : login;
    const verified = await protocol.verify(tried, response.response);
    attempt.response = verified.response;
    trace.add("validated", verified.detail);
    const { identity, assertion } = verified;
    requireFreshAuthentication(login, identity.authTime);
    const { connection, cause, browser, recordId } = login;
    if (cause.kind === "test") {
      await endTestLogin(context, recordKey(attempt), cause, { identity, ...attempt });
      countSuccess(context, originOf(req, context.cookie), connection.id);
      return async (answer) => sendPage(answer, 200, renderTestDonePage());
    }
    const verifiedLogin = { connection, cause, browser, recordId, identity, assertion };
    return await continueLogin(context, req, verifiedLogin, attempt, 0);
  });
  await send(res);
}

/**
 * The login that a response belongs to; a response that belongs to none is recorded by itself, unless its browser sent it
 * a moment ago: then the browser is answered as it was then.
 */
async function openLogin(
  context: SignInContext,
  req: Request,
  res: Response,
  received: IdpResponse,
  trace: LoginTrace,
): Promise<OpenLogin | "answered"> {
  const { database, secrets, cookie } = context;
  const { type, connectionId, state, belongsTo, orphanFinding: finding } = received;
  const by = { type, connectionId, browser: cookie.read(req), now: context.now() };
  try {
    const id =
      belongsTo === undefined
        ? state
        : ((await findLoginRequest(database.sql, secrets, by, belongsTo)) ?? state);
    if (id === null) {
      throw new SignInFailure("response_unsolicited", { finding });
    }
    return await consumeLoginRequest(
      database.sql,
      secrets,
      { ...by, id, responseDigest: digestResponse(received.response) },
      finding,
    );
  } catch (error) {
    if (error instanceof SignInFailure) {
      if (
        received.mayRepeat === true &&
        (error.code === "login_used" || belongsTo !== undefined) &&
        (await answerRepeatedResponse(context, req, res, by, received.response))
      ) {
        return "answered";
      }
      const shown = () => protocolOf(context.protocols, type).show(received.response);
      await recordOrphan(context, req, { type, connectionId, shown }, trace, error);
    }
    throw error;
  }
}

/**
 * Shows the form that a login waits at, as often as the browser asks for it. Throws `SignInFailure` where none of this
 * browser's does.
 */
export async function showStep(
  context: SignInContext,
  req: Request,
  res: Response,
  id: string,
): Promise<void> {
  const key = { id, browser: context.cookie.read(req), now: context.now() };
  const { login, step } = await findWaitingLogin(context.database.sql, context.secrets, key);
  const form = await stepOf(context, step).step.ask(login);
  // A step that asked once asks again: what it depends on does not change while the form is shown.
  if (form === null) {
    throw new Error(`The step ${step} no longer asks`);
  }
  const brand = await readBrand(context.database.sql, login.connection.organizationId);
  sendForm(res, 200, { action: stepPath(id), hidden: {}, form, brand });
}

/** Takes a further step's form. Throws `SignInFailure`, with the attempt recorded. */
export async function resumeLogin(
  context: SignInContext,
  req: Request,
  res: Response,
  posted: { readonly id: string; readonly fields: Readonly<Record<string, string>> },
): Promise<void> {
  const trace = createLoginTrace(context.now);
  const key = { id: posted.id, browser: context.cookie.read(req), now: context.now() };
  const { login, step: name } = await takeWaitingLogin(context.database.sql, context.secrets, key);

  const attempt: Attempt = { login, trace, requestId: requestId(req), ip: req.ip };
  const send = await recordingFailure(context, attempt, async () => {
    requireActive(login.connection);
    const { step, position } = stepOf(context, name);
    const again = await step.check(login, posted.fields);
    if (again !== null) {
      const id = await waitAtStep(context, login, name, attempt);
      const brand = await readBrand(context.database.sql, login.connection.organizationId);
      return async (answer) =>
        sendForm(answer, 422, { action: stepPath(id), hidden: {}, form: again, brand });
    }
    trace.add("step_passed", { step: name });
    return await continueLogin(context, req, login, attempt, position + 1);
  });
  await send(res);
}

/** From a verified response to the session, by way of the further steps from `position` on. */
async function continueLogin(
  context: SignInContext,
  req: Request,
  login: VerifiedLogin,
  attempt: Attempt,
  position: number,
): Promise<Send> {
  const { connection, identity, assertion } = login;
  const { trace, response } = attempt;
  const goToDestination = await findDestination(context, login);
  if (position === 0) {
    trace.add("normalized", { warnings: identity.warnings, groups: identity.groups.length });
  }
  for (const step of context.furtherSteps.slice(position)) {
    if ((await step.ask(login)) !== null) {
      trace.add("step_asked", { step: step.name });
      const id = await waitAtStep(context, login, step.name, attempt);
      return async (res) => sendOn(res, stepPath(id));
    }
  }
  const sessionId = await createSession(
    context.database,
    {
      connection,
      identity,
      assertion,
      record: recordKey(attempt),
      trace,
      response,
      ip: attempt.ip,
      secrets: context.secrets,
    },
    context.now(),
  );
  countSuccess(context, originOf(req, context.cookie), connection.id);
  return (res) => goToDestination(req, res, sessionId);
}

function waitAtStep(
  { database, secrets, now }: SignInContext,
  login: VerifiedLogin,
  step: string,
  { trace: { steps }, response }: Attempt,
): Promise<string> {
  return storeWaitingLogin(database.sql, secrets, { login, step }, { steps, response, now: now() });
}

function stepOf({ furtherSteps }: SignInContext, name: string) {
  const position = furtherSteps.findIndex((step) => step.name === name);
  const step = furtherSteps[position];
  if (step === undefined) {
    throw new SignInFailure("login_unknown");
  }
  return { step, position };
}

function requireActive({ status }: StoredConnection): void {
  if (status !== "active") {
    throw new SignInFailure("connection_disabled");
  }
}

/** What one request of the browser's does for its login, as the login record will tell it. */
interface Attempt {
  readonly login: Pick<OpenLogin, "connection" | "cause" | "recordId">;
  readonly trace: LoginTrace;
  readonly requestId: string;
  readonly ip: string | undefined;
  /** The IdP's, once it is verified. */
  response?: string;
}

/** Answers the browser, once all is done. */
type Send = (res: Response) => Promise<void>;

async function recordingFailure(
  context: SignInContext,
  attempt: Attempt,
  work: () => Promise<Send>,
): Promise<Send> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SignInFailure)) {
      throw error;
    }
    // The records of a connection that was deleted meanwhile went with it.
    if (error.code !== "connection_unknown") {
      await recordRefusal(context, recordKey(attempt), error, attempt);
    }
    const { cause, connection } = attempt.login;
    throw error.of({
      organizationId: connection.organizationId,
      interactionId: cause.kind === "request" ? cause.interactionId : undefined,
    });
  }
}

function recordKey({ login: { connection, recordId }, requestId }: Attempt) {
  return { organizationId: connection.organizationId, connectionId: connection.id, recordId, requestId };
}
