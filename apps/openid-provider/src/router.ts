import type { FailureLimit } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import { OAuthError } from "@sallyport/oauth";
import { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import { authorizeByPost } from "./endpoints/authorize-by-post.ts";
import { answerPreflight } from "./endpoints/cors.ts";
import { readForm } from "./endpoints/form.ts";
import { handlePageErrors } from "./errors/error-pages.ts";
import { handleOAuthErrors } from "./errors/oauth-error.ts";
import { ROUTES } from "./routes.ts";

export interface Endpoints {
  /** oidc-provider, for all that is not named here. */
  readonly provider: RequestHandler;
  readonly jwks: RequestHandler;
  readonly userinfo: RequestHandler;
  readonly introspection: RequestHandler;
  readonly revocation: RequestHandler;
  readonly logout: RequestHandler;
  readonly verify: RequestHandler;
  readonly revocations: RequestHandler;
  readonly hostSignIn: { readonly start: RequestHandler; readonly callback: RequestHandler };
}

type Handlers = RequestHandler | (RequestHandler | ErrorRequestHandler)[];

/** The OpenID Provider's paths, and who answers each. */
export function createOpRouter(endpoints: Endpoints, log: Logger, failures: FailureLimit): Router {
  const router = Router();
  const { provider } = endpoints;

  function serve(path: string, methods: { get?: Handlers; post?: Handlers; options?: Handlers }): void {
    const route = router.route(path);
    if (methods.get) {
      route.get(methods.get);
    }
    if (methods.post) {
      route.post(methods.post);
    }
    if (methods.options) {
      route.options(methods.options);
    }
    const allowed = Object.keys(methods).join(", ").toUpperCase();
    route.all((_req, res) => {
      res.set("allow", allowed);
      throw new OAuthError("method_not_allowed", `This endpoint takes ${allowed}`);
    });
  }

  serve(ROUTES.discovery, { get: provider, options: provider });
  serve(ROUTES.metadata, { get: provider, options: provider });
  serve(ROUTES.jwks, { get: endpoints.jwks, options: answerPreflight });
  serve(ROUTES.authorize, { get: provider, post: authorizeByPost });
  serve(`${ROUTES.authorize}/:id`, { get: provider });
  serve(ROUTES.token, { post: provider, options: provider });
  serve(ROUTES.pushedRequest, { post: provider, options: provider });

  serve(ROUTES.userinfo, {
    get: endpoints.userinfo,
    post: [readForm, endpoints.userinfo],
    options: answerPreflight,
  });
  serve(ROUTES.introspection, { post: [readForm, endpoints.introspection] });
  serve(ROUTES.revocation, { post: [readForm, endpoints.revocation], options: answerPreflight });
  serve(ROUTES.logout, { get: endpoints.logout, post: [readForm, endpoints.logout] });
  serve(ROUTES.start, { get: endpoints.hostSignIn.start });
  serve(ROUTES.callback, { get: endpoints.hostSignIn.callback });
  router.use([ROUTES.logout, ROUTES.start, ROUTES.callback], handlePageErrors);

  serve(ROUTES.revocations, { get: endpoints.revocations });
  router.all(ROUTES.verify, endpoints.verify); // with the method of the request that it is asked about

  router.use(["/oauth2", "/.well-known", "/session"], handleOAuthErrors(log, failures));
  return router;
}
