import { Router } from "express";
import type { SignInContext } from "../../core/context.ts";
import { SignInFailure } from "../../core/failures.ts";
import { completeLogin } from "../../core/login.ts";

/** Longer than any state of ours; a longer one is none. */
const MAX_STATE = 100;

/** The relying parties towards the IdPs: one per connection, under /sso/oidc/{connectionId}. */
export function createOidcRouter(context: SignInContext): Router {
  const router = Router();
  // Express answers HEAD by GET's handler, which would redeem the code for whoever only looks (RFC 9110 §9.2.1).
  router.head("/sso/oidc/:connectionId/callback", (_req, res) => {
    res.set("allow", "GET").status(405).end();
  });
  router.get("/sso/oidc/:connectionId/callback", async (req, res) => {
    const { connectionId } = req.params;
    const { search: response, searchParams } = new URL(req.originalUrl, context.publicUrl);
    const states = searchParams.getAll("state");
    const [state = null] = states;
    if (states.length > 1 || (state !== null && state.length > MAX_STATE)) {
      throw new SignInFailure("request_malformed", { detail: "state" });
    }
    await completeLogin(context, req, res, { type: "oidc", connectionId, state, response });
  });
  router.all("/sso/oidc/:connectionId/callback", (_req, res) => {
    res.set("allow", "GET");
    throw new SignInFailure("method_not_allowed");
  });
  return router;
}
