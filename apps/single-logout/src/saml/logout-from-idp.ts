import type { SamlConnection } from "@sallyport/connections";
import { samlServiceProvider } from "@sallyport/connections";
import type { Database } from "@sallyport/database";
import {
  createLogoutResponse,
  type OutgoingMessage,
  type SamlTransport,
  validateLogoutRequest,
} from "@sallyport/saml";
import { endNamedSessions } from "../end-named-sessions.ts";
import { LogoutFailure } from "../failures.ts";
import { findNamedSessions } from "./named-sessions.ts";
import { findingFrom } from "./record.ts";

export interface LogoutRequestDeps {
  readonly database: Database;
  readonly publicUrl: string;
  readonly now: () => Date;
  readonly requestLogout: () => void;
}

/**
 * Does what an IdP's logout request wants: ends the sessions that it names, and so what rests on them. Returns the
 * answer; null where the connection does not say where it goes. Throws `LogoutFailure` when the request is refused;
 * then nothing has ended.
 */
export async function acceptLogoutRequest(
  deps: LogoutRequestDeps,
  connection: SamlConnection,
  transport: SamlTransport,
  requestId: string,
): Promise<OutgoingMessage | null> {
  const { settings } = connection;
  const { entityId, sloUrl } = samlServiceProvider(deps.publicUrl, connection.id);
  const now = deps.now();
  const result = validateLogoutRequest({
    transport,
    expected: { idpEntityId: settings.idpEntityId, destination: sloUrl },
    certificates: settings.certificates,
    allowSha1: settings.allowSha1,
    now,
  });
  if (!result.ok) {
    throw new LogoutFailure("logout_invalid", { finding: findingFrom(result) });
  }
  const { request } = result;

  const isFirst = await endNamedSessions(deps, {
    connection,
    message: request,
    findSessions: (sql) => findNamedSessions(sql, connection, request, now),
    requestId,
    now,
  });
  if (!isFirst) {
    throw new LogoutFailure("logout_replayed");
  }

  const destination = settings.sloResponseUrl ?? settings.sloUrl;
  if (destination === undefined) {
    return null;
  }
  const { id: inResponseTo, relayState } = request;
  return createLogoutResponse({ issuer: entityId, destination, inResponseTo, relayState, now });
}
