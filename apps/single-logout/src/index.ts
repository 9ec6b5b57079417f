import { createConnectionKeys } from "@sallyport/connections/keys";
import type { Database } from "@sallyport/database";
import { createBrowserCookie } from "@sallyport/http";
import type { UpstreamLogout } from "@sallyport/interactions";
import type { Logger } from "@sallyport/logging";
import type { SecretBox } from "@sallyport/secrets";
import type { Router } from "express";
import { createLogoutRouter } from "./saml/router.ts";
import { createUpstreamLogout } from "./saml/upstream-logout.ts";

export interface SingleLogoutDeps {
  readonly database: Database;
  readonly log: Logger;
  /** Base URL without a slash at its end. */
  readonly publicUrl: string;
  readonly now: () => Date;
  readonly secrets: SecretBox;
  /** Sessions have ended: applications are to be told. Never throws. */
  readonly requestLogout: () => void;
}

// Ending sessions together with the IdP:
//
//   saml/upstream-logout.ts   a sign-out at one of our applications goes on to the IdP …
//   saml/idp-response.ts      … whose response sends the browser home
//   saml/idp-request.ts       the IdP has signed somebody out: their sessions end here
//   saml/router.ts            /sso/saml/{connectionId}/slo, where both arrive
//
// A sign-out begins in openid-provider (endpoints/logout.ts, RP-initiated); applications are told by the worker
// (jobs/logout, back-channel).

/** SAML single logout (profiles 4.4): /sso/saml/{connectionId}/slo, and the way from our own sign-out to the IdP. */
export function createSingleLogout(deps: SingleLogoutDeps): {
  readonly router: Router;
  readonly upstream: UpstreamLogout;
} {
  const cookie = createBrowserCookie(deps.publicUrl);
  const keys = createConnectionKeys(deps.database, deps.secrets, deps.now);
  return {
    router: createLogoutRouter(deps, cookie, keys),
    upstream: createUpstreamLogout(deps, cookie, keys),
  };
}
