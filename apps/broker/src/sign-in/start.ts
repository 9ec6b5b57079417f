import { newId } from "@sallyport/database";
import type { SignInRequest } from "../interaction.ts";
import { closeLoginRecord, createLoginTrace } from "../login-records/index.ts";
import { type Connection, type ConnectionRow, parseConnection } from "./connections.ts";
import { SignInFailure } from "./failures.ts";
import { newLoginRequestId, storeLoginRequest } from "./login-requests.ts";
import type { Departure, LoginWish, StartDeps, StartedLogin, Starters } from "./protocol.ts";

export interface LoginStart {
  readonly connection: ConnectionRow;
  readonly request: SignInRequest;
  readonly loginHint: string | undefined;
  readonly browser: string;
  readonly requestId: string;
}

/** Starts a login at a connection's IdP: remembers it for this browser, and tells the way there. */
export async function startLogin(deps: StartDeps, starters: Starters, start: LoginStart): Promise<Departure> {
  const { request, requestId } = start;
  const connection = parseConnection(start.connection);
  const trace = createLoginTrace(deps.now);
  trace.add("started", {
    application: request.application.id,
    ...(request.forceLogin ? { forceLogin: true } : {}),
    ...(request.acrValues.length > 0 ? { acrValues: request.acrValues } : {}),
  });
  const wish: LoginWish = {
    id: newLoginRequestId(),
    loginHint: start.loginHint,
    forceLogin: request.forceLogin,
    acrValues: request.acrValues,
  };
  let started: StartedLogin;
  try {
    started = await begin(starters, connection, wish);
  } catch (error) {
    if (!(error instanceof SignInFailure)) throw error;
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
    throw error.of(request.id);
  }
  trace.add("redirected", { by: started.departure.by });
  await storeLoginRequest(deps.database.sql, deps.secrets, {
    id: wish.id,
    connection,
    interactionId: request.id,
    browser: start.browser,
    protocol: started.protocol,
    forced: request.forceLogin || (connection.type === "saml" && connection.settings.forceAuthn),
    record: { id: newId(), requestId, steps: trace.steps, request: started.request },
    now: deps.now(),
  });
  return started.departure;
}

function begin(starters: Starters, connection: Connection, wish: LoginWish): Promise<StartedLogin> {
  return connection.type === "saml" ? starters.saml(connection, wish) : starters.oidc(connection, wish);
}
