import { createBrowserCookie } from "@sallyport/http";
import type { Interactions, SignInRedirect, WaitingSessions } from "@sallyport/interactions";
import { Router } from "express";
import type { SignInDeps } from "./core/context.ts";
import type { FurtherStep } from "./core/further-steps.ts";
import type { ConnectionProtocol } from "./core/protocol.ts";
import { createSignInRedirect } from "./core/sign-in-redirect.ts";
import { createWaitingSessions } from "./idp-initiated/waiting-sessions.ts";
import {
  createSignInRouter,
  createStepsRouter,
  createTestLoginRouter,
  handleFailures,
} from "./pages/index.ts";
import { createProtocols } from "./protocols/index.ts";

// core/           the way of a login (login.ts, from top to bottom), and what it is made of
// protocols/      how connections of each type ask their IdP and verify its response (index.ts lists them)
// identity/       what both come down to
// idp-initiated/  logins that begin at the IdP
// pages/          what the browser is shown

export type { SignInDeps } from "./core/context.ts";

/** What comes between a verified response and the session, in this order. */
const FURTHER_STEPS: readonly FurtherStep[] = [];

/** Sign-in, towards the IdPs. */
export interface SignIn {
  readonly signInRedirect: SignInRedirect;
  readonly waitingSessions: WaitingSessions;
  /** /sign-in/…, and the protocols' own: /sso/saml/{connectionId}/…, /sso/oidc/{connectionId}/…. */
  routes(interactions: Interactions): Router;
}

/** @param parts protocols and further steps in place of the usual ones */
export function createSignIn(
  deps: SignInDeps,
  parts: {
    readonly protocols?: readonly ConnectionProtocol[];
    readonly furtherSteps?: readonly FurtherStep[];
  } = {},
): SignIn {
  const { protocols = createProtocols(deps), furtherSteps = FURTHER_STEPS } = parts;
  const start = { ...deps, protocols, cookie: createBrowserCookie(deps.publicUrl) };
  const waitingSessions = createWaitingSessions(deps);
  return {
    signInRedirect: createSignInRedirect(start, waitingSessions),
    waitingSessions,
    routes(interactions) {
      const context = { ...start, interactions, waitingSessions, furtherSteps };
      const router = Router();
      router.use(createSignInRouter(context));
      router.use(createStepsRouter(context));
      router.use(createTestLoginRouter(context));
      for (const protocol of protocols) {
        router.use(protocol.routes(context));
      }
      router.use(handleFailures(context));
      return router;
    },
  };
}
