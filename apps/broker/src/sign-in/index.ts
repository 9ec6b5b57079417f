import { createConnectionKeys } from "@sallyport/connection-keys";
import { Router } from "express";
import { startOidcLogin } from "../oidc/authorization-request.ts";
import { createOidcConfigurations } from "../oidc/configuration.ts";
import { createOidcRouter } from "../oidc/router.ts";
import { startSamlLogin } from "../saml/authn-request.ts";
import { createSamlRouter } from "../saml/router.ts";
import { createBrowserCookie } from "./browser.ts";
import { handleFailures } from "./failure-page.ts";
import type { SignInDeps, Starters } from "./protocol.ts";
import { createSignInPages } from "./router.ts";

export type { SignInDeps } from "./protocol.ts";

/**
 * The half of the broker that faces the IdPs: /sign-in/{interactionId}, /sso/saml/{connectionId}/…,
 * /sso/oidc/{connectionId}/….
 */
export function createSignIn(deps: SignInDeps): Router {
  const cookie = createBrowserCookie(deps.publicUrl);
  const keys = createConnectionKeys(deps.database, deps.secrets, deps.now);
  const configurations = createOidcConfigurations(deps);
  const starters: Starters = {
    saml: (connection, wish) => startSamlLogin(deps.publicUrl, keys, connection, wish),
    oidc: (connection, wish) => startOidcLogin(deps.publicUrl, configurations, connection, wish),
  };

  const router = Router();
  router.use(createSignInPages(deps, cookie, starters));
  router.use(createSamlRouter(deps, cookie, keys));
  router.use(createOidcRouter(deps, cookie, configurations));
  router.use(handleFailures(deps, cookie));
  return router;
}
