import type { Logger } from "@sallyport/logging";
import { type RequestHandler, Router } from "express";
import { answerPreflight } from "./endpoints/cors.ts";
import { readForm } from "./endpoints/form.ts";
import { handlePageErrors } from "./error-pages.ts";
import { handleOAuthErrors } from "./oauth-error.ts";
import { ROUTES } from "./routes.ts";

export interface Endpoints {
  /** oidc-provider, for all that is not named here. */
  readonly provider: RequestHandler;
  readonly userinfo: RequestHandler;
  readonly introspection: RequestHandler;
  readonly revocation: RequestHandler;
  readonly logout: RequestHandler;
  readonly verify: RequestHandler;
}

/** The OpenID Provider's paths, and who answers each. */
export function createOpRouter(endpoints: Endpoints, log: Logger): Router {
  const router = Router();

  router.get(
    [ROUTES.discovery, ROUTES.jwks, ROUTES.authorize, `${ROUTES.authorize}/:id`],
    endpoints.provider,
  );
  router.post([ROUTES.token, ROUTES.pushedRequest], endpoints.provider);
  router.options([ROUTES.discovery, ROUTES.jwks, ROUTES.token, ROUTES.pushedRequest], endpoints.provider);

  router.options([ROUTES.userinfo, ROUTES.revocation], answerPreflight);
  router.get(ROUTES.userinfo, endpoints.userinfo);
  router.post(ROUTES.userinfo, readForm, endpoints.userinfo);
  router.post(ROUTES.introspection, readForm, endpoints.introspection);
  router.post(ROUTES.revocation, readForm, endpoints.revocation);

  router.get(ROUTES.logout, endpoints.logout);
  router.post(ROUTES.logout, readForm, endpoints.logout);
  router.use(ROUTES.logout, handlePageErrors);

  router.all(ROUTES.verify, endpoints.verify);

  router.use(["/oauth2", ROUTES.verify], handleOAuthErrors(log));
  return router;
}
