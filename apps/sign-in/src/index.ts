import { createConnectionKeys } from "@sallyport/connection-keys";
import { createBrowserCookie } from "@sallyport/http";
import type { Interactions, SignInDeparture, WaitingSessions } from "@sallyport/interactions";
import { createOidcClients } from "@sallyport/oidc-client";
import { Router } from "express";
import type { StartDeps, Starters } from "./core/protocol.ts";
import { createDeparture } from "./core/sign-in-redirect.ts";
import { createWaitingSessions } from "./idp-initiated/waiting-sessions.ts";
import { handleFailures } from "./pages/failure-page.ts";
import { createSignInPages } from "./pages/router.ts";
import { startOidcLogin } from "./protocols/oidc/authorization-request.ts";
import { createOidcRouter } from "./protocols/oidc/router.ts";
import { startSamlLogin } from "./protocols/saml/authn-request.ts";
import { createSamlRouter } from "./protocols/saml/router.ts";

export type { SignInDeps, StartDeps } from "./core/protocol.ts";

/** The half of the broker that faces the IdPs. */
export interface SignIn {
  readonly departure: SignInDeparture;
  readonly waiting: WaitingSessions;
  /** /sign-in/{interactionId}, /sso/saml/{connectionId}/…, /sso/oidc/{connectionId}/…. */
  routes(interactions: Interactions): Router;
}

export function createSignIn(start: StartDeps): SignIn {
  const cookie = createBrowserCookie(start.publicUrl);
  const keys = createConnectionKeys(start.database, start.secrets, start.now);
  const waiting = createWaitingSessions(start);
  const oidcClients = createOidcClients(start);
  const starters: Starters = {
    saml: (connection, wish) => startSamlLogin(start.publicUrl, keys, connection, wish),
    oidc: (connection, wish) => startOidcLogin(start.publicUrl, oidcClients, connection, wish),
  };
  return {
    waiting,
    departure: createDeparture(start, cookie, starters, waiting),
    routes(interactions) {
      const deps = { ...start, interactions, waiting };
      const router = Router();
      router.use(createSignInPages(deps, cookie, starters));
      router.use(createSamlRouter(deps, cookie, keys, starters));
      router.use(createOidcRouter(deps, cookie, oidcClients));
      router.use(handleFailures(deps, cookie));
      return router;
    },
  };
}
