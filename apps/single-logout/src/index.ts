import { createConnectionKeys, type KeyOwner } from "@sallyport/connections/keys";
import type { Database } from "@sallyport/database";
import { createBrowserCookie } from "@sallyport/http";
import type { UpstreamLogout } from "@sallyport/interactions";
import type { Logger } from "@sallyport/logging";
import { createOidcClients, createSigners } from "@sallyport/oidc-client";
import type { Outbound } from "@sallyport/outbound";
import type { SecretBox } from "@sallyport/secrets";
import { Router } from "express";
import { createUpstreamLogout } from "./logout-to-idp.ts";
import { createOidcLogoutToIdp } from "./oidc/logout-to-idp.ts";
import { createOidcLogoutRouter } from "./oidc/router.ts";
import { createSamlLogoutToIdp } from "./saml/logout-to-idp.ts";
import { createLogoutRouter } from "./saml/router.ts";
import { createSignalsRouter } from "./signals/router.ts";
import { createUniversalLogoutRouter } from "./universal-logout/router.ts";

export interface SingleLogoutDeps {
  readonly database: Database;
  readonly log: Logger;
  /** Base URL without a slash at its end. */
  readonly publicUrl: string;
  readonly now: () => Date;
  readonly secrets: SecretBox;
  readonly outbound: Outbound;
  /** Sessions have ended: applications are to be told. Never throws. */
  readonly requestLogout: () => void;
}

// Ending sessions together with the IdP:
//
//   logout-to-idp.ts          a sign-out at one of our applications goes on to the IdP, and no failure of that keeps
//                             anybody from going home
//   end-named-sessions.ts     the IdP has signed somebody out: their sessions end here
//   pending-logouts.ts        sign-outs that are to come back from the IdP
//
//   saml/logout-to-idp.ts     sends the LogoutRequest …
//   saml/idp-response.ts      … whose response sends the browser home
//   saml/logout-from-idp.ts   the IdP's own LogoutRequest
//   saml/router.ts            /sso/saml/{connectionId}/slo, where both arrive
//
//   oidc/logout-to-idp.ts     the same of an OpenID Provider: RP-initiated logout, and where it sends browsers back
//   oidc/router.ts            /sso/oidc/{connectionId}/backchannel-logout, …/frontchannel-logout, …/logged-out
//
//   universal-logout/         …/global-token-revocation: the IdP has all of a person's sessions ended, by its signed word
//
//   signals/                  /ssf/receivers/{connectionId}/events: security events that the IdP pushes (Shared Signals)
//
// A sign-out begins in openid-provider (endpoints/logout.ts, RP-initiated); applications are told by the worker
// (jobs/logout, back-channel).

/** Logouts in both directions, of SAML (profiles 4.4) and of OpenID Connect. */
export function createSingleLogout(deps: SingleLogoutDeps): {
  readonly router: Router;
  readonly upstream: UpstreamLogout;
} {
  const cookie = createBrowserCookie(deps.publicUrl);
  const keys = createConnectionKeys(deps.database, deps.secrets, deps.now);
  // Clients of its own: whoever sends garbage for tokens must not have the keys that sign-in needs fetched no more.
  const signingKey = async (connection: KeyOwner) => (await keys.ensure(connection)).signing;
  const oidcClients = createOidcClients({ ...deps, signingKey });
  const router = Router();
  router.use(createLogoutRouter(deps, cookie, keys));
  router.use(createOidcLogoutRouter(deps, cookie, oidcClients));
  router.use(createUniversalLogoutRouter(deps, oidcClients, createSigners(deps)));
  router.use(createSignalsRouter(deps));
  return {
    router,
    upstream: createUpstreamLogout(deps.database.sql, deps.log, {
      saml: createSamlLogoutToIdp(deps, cookie, keys),
      oidc: createOidcLogoutToIdp(deps, cookie, oidcClients),
    }),
  };
}
