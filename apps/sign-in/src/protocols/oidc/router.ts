import type { BrowserCookie } from "@sallyport/http";
import type { OidcClients } from "@sallyport/oidc-client";
import { Router } from "express";
import { SignInFailure } from "../../core/failures.ts";
import { completeLogin } from "../../core/login.ts";
import type { SignInDeps } from "../../core/protocol.ts";
import { verifyOidcCallback } from "./verify-callback.ts";

/** Longer than any state of ours; a longer one is none. */
const MAX_STATE = 100;

/** The relying parties towards the IdPs: one per connection, under /sso/oidc/{connectionId}. */
export function createOidcRouter(deps: SignInDeps, cookie: BrowserCookie, clients: OidcClients): Router {
  const router = Router();
  router.get("/sso/oidc/:connectionId/callback", async (req, res) => {
    const { connectionId } = req.params;
    const { search, searchParams } = new URL(req.originalUrl, deps.publicUrl);
    const states = searchParams.getAll("state");
    const [state = null] = states;
    if (states.length > 1 || (state !== null && state.length > MAX_STATE)) {
      throw new SignInFailure("request_malformed", { detail: "state" });
    }
    const callback = { query: search, publicUrl: deps.publicUrl, now: deps.now() };
    await completeLogin(deps, cookie, req, res, { type: "oidc", connectionId, state }, (login) =>
      verifyOidcCallback(callback, clients, login),
    );
  });
  router.all("/sso/oidc/:connectionId/callback", (_req, res) => {
    res.set("allow", "GET, HEAD");
    throw new SignInFailure("method_not_allowed");
  });
  return router;
}
