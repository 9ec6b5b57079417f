import { oidcLogoutUrls, parseConnection } from "@sallyport/connections";
import type { Database } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { sealContext } from "@sallyport/encryption-keys";
import { sendAutoPost, sendOn } from "@sallyport/html";
import type { BrowserCookie } from "@sallyport/http";
import type { OidcClients } from "@sallyport/oidc-client";
import { newMessageId } from "@sallyport/saml";
import type { SecretBox } from "@sallyport/secrets";
import type { Response } from "express";
import { z } from "zod";
import type { EndedSession } from "../ended-session.ts";
import type { LogoutToIdp } from "../logout-to-idp.ts";
import { storePendingLogout } from "../pending-logouts.ts";

/** Longer addresses are cut, or refused, on the way. */
const MAX_URL = 2_000;

/** The ID token that the session began with, sealed, where it was kept. */
const idpSession = z.object({ idToken: z.string().optional() }).nullable();

/** Takes a sign-out at one of our applications on to the IdP (OpenID Connect RP-Initiated Logout 1.0). */
export function createOidcLogoutToIdp(
  deps: {
    readonly database: Database;
    readonly secrets: SecretBox;
    readonly publicUrl: string;
    readonly now: () => Date;
  },
  cookie: BrowserCookie,
  clients: OidcClients,
): LogoutToIdp {
  return async (req, res, ended, target) => {
    const connection = parseConnection("oidc", ended.connection);
    if (connection.settings.logoutAtIdp === false) {
      return false;
    }
    const idToken = idTokenOf(ended, deps.secrets);
    const { metadata } = await clients.of(connection);
    const { end_session_endpoint: endpoint } = metadata;
    if (endpoint === undefined || new URL(endpoint).protocol !== new URL(metadata.issuer).protocol) {
      return false;
    }
    const id = newMessageId();
    const browser = cookie.ensure(req, res);
    await storePendingLogout(deps.database.sql, ended, { id, target, browser, now: deps.now() });
    send(res, endpoint, {
      ...defined({ id_token_hint: idToken }),
      client_id: connection.settings.clientId,
      post_logout_redirect_uri: oidcLogoutUrls(deps.publicUrl, connection.id).postLogoutRedirectUri,
      state: id,
    });
    return true;
  };
}

function idTokenOf({ id, idpSession: stored }: EndedSession, secrets: SecretBox): string | undefined {
  const sealed = idpSession.parse(stored)?.idToken;
  return sealed === undefined
    ? undefined
    : secrets.open(sealed, sealContext("sessions.idp_session.idToken", id));
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
