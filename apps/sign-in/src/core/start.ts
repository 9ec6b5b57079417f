import { type Connection, type ConnectionRow, parseConnection } from "@sallyport/connections";
import { newId } from "@sallyport/database";
import type { SignInRequest } from "@sallyport/interactions";
import type { Origin } from "@sallyport/limits";
import { closeLoginRecord, createLoginTrace, type LoginTrace } from "@sallyport/login-records";
import type { Landing } from "../idp-initiated/landing.ts";
import { countStart } from "./attempts.ts";
import { SignInFailure } from "./failures.ts";
import { newLoginRequestId, storeLoginRequest } from "./login-requests.ts";
import type {
  Departure,
  LoginCause,
  LoginParameters,
  StartDeps,
  StartedLogin,
  Starters,
} from "./protocol.ts";

export interface LoginStart {
  readonly connection: ConnectionRow;
  readonly cause: LoginCause;
  readonly loginHint: string | undefined;
  readonly browser: string;
  readonly requestId: string;
  readonly origin: Origin;
  /** What came before, for the login record. */
  readonly trace?: LoginTrace;
}

/** Starts a login at a connection's IdP: remembers it for this browser, and tells the way there. */
export async function startLogin(deps: StartDeps, starters: Starters, start: LoginStart): Promise<Departure> {
  const { cause, requestId, trace = createLoginTrace(deps.now) } = start;
  const connection = parseConnection(start.connection);
  limitStart(deps, start);
  const { forceLogin, acrValues, maxAge }: Wishes = cause.kind === "request" ? cause.request : NO_WISHES;
  trace.add("started", {
    ...(cause.kind === "request"
      ? { application: cause.request.application.id }
      : landingDetail(cause.landing)),
    ...(forceLogin ? { forceLogin } : {}),
    ...(acrValues.length > 0 ? { acrValues } : {}),
  });
  const id = newLoginRequestId();
  const wish: LoginParameters = { id, loginHint: start.loginHint, forceLogin, maxAge, acrValues };
  let started: StartedLogin;
  try {
    started = await begin(starters, connection, wish);
  } catch (error) {
    if (!(error instanceof SignInFailure)) {
      throw error;
    }
    trace.add("failed", { ...error.finding });
    await closeLoginRecord(
      deps.database.sql,
      { organizationId: connection.organizationId, connectionId: connection.id, recordId: null, requestId },
      {
        outcome: "failure",
        errorCode: error.finding.code,
        steps: trace.steps,
        response: error.response,
        now: deps.now(),
      },
    );
    throw cause.kind === "request" ? error.of(cause.request.id) : error;
  }
  trace.add("redirected", { by: started.departure.by });
  await storeLoginRequest(deps.database.sql, deps.secrets, {
    id,
    connection,
    cause: cause.kind === "request" ? { kind: "request", interactionId: cause.request.id } : cause,
    browser: start.browser,
    protocol: started.protocol,
    forced: forceLogin || (connection.type === "saml" && connection.settings.forceAuthn),
    authTimeAsked: forceLogin || maxAge !== undefined,
    record: { id: newId(), requestId, steps: trace.steps, request: started.request },
    now: deps.now(),
  });
  return started.departure;
}

function limitStart(deps: StartDeps, { connection, cause, origin }: LoginStart): void {
  try {
    countStart(deps, origin, connection.id);
  } catch (error) {
    throw error instanceof SignInFailure && cause.kind === "request" ? error.of(cause.request.id) : error;
  }
}

type Wishes = Pick<SignInRequest, "forceLogin" | "acrValues" | "maxAge">;
const NO_WISHES: Wishes = { forceLogin: false, acrValues: [] };

function landingDetail({ applicationId: application, target }: Landing) {
  return { application, ...(target === null ? {} : { target }) };
}

function begin(starters: Starters, connection: Connection, wish: LoginParameters): Promise<StartedLogin> {
  return connection.type === "saml" ? starters.saml(connection, wish) : starters.oidc(connection, wish);
}
