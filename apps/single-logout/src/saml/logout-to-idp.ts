import { samlServiceProvider } from "@sallyport/connections";
import type { ConnectionKeys } from "@sallyport/connections/keys";
import type { BrowserCookie } from "@sallyport/http";
import type { UpstreamLogout } from "@sallyport/interactions";
import { createLogoutRequest, newMessageId } from "@sallyport/saml";
import type { Request, Response } from "express";
import type { LogoutResponseDeps } from "./idp-response.ts";
import { sendToIdp } from "./send.ts";
import { findEndedSession, storePendingLogout } from "./store.ts";

/** Takes a sign-out at one of our applications on to the IdP (SAML profiles 4.4, initiated by the service provider). */
export function createUpstreamLogout(
  deps: LogoutResponseDeps,
  cookie: BrowserCookie,
  keys: ConnectionKeys,
): UpstreamLogout {
  return {
    async redirectToIdp(req: Request, res: Response, { sessionId, target }) {
      const { sql } = deps.database;
      const ended = await findEndedSession(sql, sessionId);
      if (ended === null) {
        return false;
      }
      const { connection, idpSession } = ended;
      const { sloUrl: destination, sloBinding = "redirect" } = connection.settings;
      if (destination === undefined) {
        return false;
      }

      const id = newMessageId();
      const { signing } = await keys.ensure(connection);
      const message = createLogoutRequest({
        id,
        issuer: samlServiceProvider(deps.publicUrl, connection.id).entityId,
        destination,
        subject: idpSession,
        sessionIndex: idpSession.sessionIndex,
        now: deps.now(),
      });
      await storePendingLogout(sql, {
        id,
        organizationId: connection.organizationId,
        connectionId: connection.id,
        sessionId,
        target,
        browser: cookie.ensure(req, res),
        now: deps.now(),
      });
      sendToIdp(res, sloBinding, message, signing);
      return true;
    },
  };
}
