import { oidcLogoutUrls } from "@sallyport/connections";
import type { Database } from "@sallyport/database";
import { sendAutoPost, sendOn } from "@sallyport/html";
import type { BrowserCookie } from "@sallyport/http";
import type { UpstreamLogout } from "@sallyport/interactions";
import type { OidcClients } from "@sallyport/oidc-client";
import { newMessageId } from "@sallyport/saml";
import type { SecretBox } from "@sallyport/secrets";
import type { Request, Response } from "express";
import { storePendingLogout } from "../saml/store.ts";
import { findEndedSession } from "./store.ts";

/** Longer addresses are cut, or refused, on the way. */
const MAX_URL = 2_000;

/** Takes a sign-out at one of our applications on to the IdP (OpenID Connect RP-Initiated Logout 1.0). */
export function createOidcUpstreamLogout(
  deps: {
    readonly database: Database;
    readonly secrets: SecretBox;
    readonly publicUrl: string;
    readonly now: () => Date;
  },
  cookie: BrowserCookie,
  clients: OidcClients,
): UpstreamLogout {
  return {
    async redirectToIdp(req: Request, res: Response, { sessionId, target }) {
      const { sql } = deps.database;
      const ended = await findEndedSession(sql, deps.secrets, sessionId);
      if (ended === null || ended.connection.settings.logoutAtIdp === false) {
        return false;
      }
      const { connection, idToken } = ended;
      const { metadata } = await clients.of(connection);
      const { end_session_endpoint: endpoint } = metadata;
      if (endpoint === undefined || new URL(endpoint).protocol !== new URL(metadata.issuer).protocol) {
        return false;
      }
      const id = newMessageId();
      await storePendingLogout(sql, {
        id,
        organizationId: connection.organizationId,
        connectionId: connection.id,
        sessionId,
        target,
        browser: cookie.ensure(req, res),
        now: deps.now(),
      });
      send(res, endpoint, {
        ...(idToken === undefined ? {} : { id_token_hint: idToken }),
        client_id: connection.settings.clientId,
        post_logout_redirect_uri: oidcLogoutUrls(deps.publicUrl, connection.id).postLogoutRedirectUri,
        state: id,
      });
      return true;
    },
  };
}

/** By GET, or where the ID token is too long for an address by POST: an OpenID Provider takes both (§2). */
function send(res: Response, endpoint: string, parameters: Readonly<Record<string, string>>): void {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(name, value);
  }
  if (url.href.length <= MAX_URL) {
    sendOn(res, url.href);
  } else {
    sendAutoPost(res, endpoint, parameters, "sign-out");
  }
}
