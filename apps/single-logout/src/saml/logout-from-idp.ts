import type { SamlConnection } from "@sallyport/connections";
import { samlServiceProvider } from "@sallyport/connections";
import type { Database } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import {
  createLogoutResponse,
  type OutgoingMessage,
  type SamlTransport,
  validateLogoutRequest,
} from "@sallyport/saml";
import { revokeSessions } from "@sallyport/sessions";
import { findingFrom, LogoutFailure } from "./failures.ts";
import { findNamedSessions, useLogoutRequest } from "./store.ts";

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

  const ended = await deps.database.transaction(async (sql) => {
    if (!(await useLogoutRequest(sql, connection.id, request))) {
      throw new LogoutFailure("logout_replayed");
    }
    const { organizationId } = connection;
    const sessionIds = await findNamedSessions(sql, connection, request, now);
    const actor = { type: "system" } as const;
    const cause = { reason: "idp_logout", actor, requestId, now };
    const revoked = await revokeSessions(sql, organizationId, { sessionIds }, cause);
    await recordEvents(sql, [
      {
        organizationId,
        type: "connection.logout_requested",
        actor,
        resource: { type: "connection", id: connection.id },
        requestId,
        data: { sessionIds: revoked.map((session) => session.id) },
      },
    ]);
    return revoked.length;
  });
  if (ended > 0) {
    deps.requestLogout();
  }

  const destination = settings.sloResponseUrl ?? settings.sloUrl;
  if (destination === undefined) {
    return null;
  }
  const { id: inResponseTo, relayState } = request;
  return createLogoutResponse({ issuer: entityId, destination, inResponseTo, relayState, now });
}
