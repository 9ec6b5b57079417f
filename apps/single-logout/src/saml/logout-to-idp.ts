import { parseConnection, samlServiceProvider } from "@sallyport/connections";
import type { ConnectionKeys } from "@sallyport/connections/keys";
import type { BrowserCookie } from "@sallyport/http";
import { createLogoutRequest, newMessageId } from "@sallyport/saml";
import type { LogoutToIdp } from "../logout-to-idp.ts";
import { storePendingLogout } from "../pending-logouts.ts";
import type { LogoutResponseDeps } from "./idp-response.ts";
import { idpSession } from "./idp-session.ts";
import { sendToIdp } from "./send.ts";

/** Takes a sign-out at one of our applications on to the IdP (SAML profiles 4.4, initiated by the service provider). */
export function createSamlLogoutToIdp(
  deps: LogoutResponseDeps,
  cookie: BrowserCookie,
  keys: ConnectionKeys,
): LogoutToIdp {
  return async (req, res, ended, target) => {
    const connection = parseConnection("saml", ended.connection);
    const named = idpSession.safeParse(ended.idpSession);
    const { sloUrl: destination, sloBinding = "redirect" } = connection.settings;
    if (!named.success || destination === undefined) {
      return false;
    }

    const id = newMessageId();
    const { signing } = await keys.ensure(connection);
    const message = createLogoutRequest({
      id,
      issuer: samlServiceProvider(deps.publicUrl, connection.id).entityId,
      destination,
      subject: named.data,
      sessionIndex: named.data.sessionIndex,
      now: deps.now(),
    });
    const browser = cookie.ensure(req, res);
    await storePendingLogout(deps.database.sql, ended, { id, target, browser, now: deps.now() });
    sendToIdp(res, sloBinding, message, signing);
    return true;
  };
}
