import { createConnectionKeys } from "@sallyport/connection-keys";
import { Router } from "express";
import { createBrowserCookie } from "../browser-cookie.ts";
import { createWaitingSessions } from "../idp-initiated/waiting-sessions.ts";
import type { Interactions, SignInDeparture } from "../interaction.ts";
import { startOidcLogin } from "../oidc/authorization-request.ts";
import { createOidcConfigurations } from "../oidc/configuration.ts";
import { createOidcRouter } from "../oidc/router.ts";
import { startSamlLogin } from "../saml/authn-request.ts";
import { createSamlRouter } from "../saml/router.ts";
import { createDeparture } from "./departure.ts";
import { handleFailures } from "./failure-page.ts";
import type { StartDeps, Starters } from "./protocol.ts";
import { createSignInPages } from "./router.ts";

export type { SignInDeps, StartDeps } from "./protocol.ts";

/** The half of the broker that faces the IdPs. */
export interface SignIn {
  readonly departure: SignInDeparture;
  /** /sign-in/{interactionId}, /sso/saml/{connectionId}/…, /sso/oidc/{connectionId}/…. */
  routes(interactions: Interactions): Router;
}

export function createSignIn(start: StartDeps): SignIn {
  const cookie = createBrowserCookie(start.publicUrl);
  const keys = createConnectionKeys(start.database, start.secrets, start.now);
  const waiting = createWaitingSessions(start);
  const configurations = createOidcConfigurations(start);
  const starters: Starters = {
    saml: (connection, wish) => startSamlLogin(start.publicUrl, keys, connection, wish),
    oidc: (connection, wish) => startOidcLogin(start.publicUrl, configurations, connection, wish),
  };
  return {
    departure: createDeparture(start, cookie, starters, waiting),
    routes(interactions) {
      const deps = { ...start, interactions, waiting };
      const router = Router();
      router.use(createSignInPages(deps, cookie, starters));
      router.use(createSamlRouter(deps, cookie, keys, starters));
      router.use(createOidcRouter(deps, cookie, configurations));
      router.use(handleFailures(deps, cookie));
      return router;
    },
  };
}
