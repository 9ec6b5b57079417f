import { createHash, createHmac, randomBytes } from "node:crypto";
import type { Sql } from "@sallyport/database";
import { OAuthError } from "@sallyport/oauth";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { Applications } from "../applications.ts";
import { parametersOf, required } from "../endpoints/form.ts";
import { ROUTES } from "../routes.ts";
import type { ArtifactStore } from "../store/artifact-store.ts";
import type { GrantName } from "../tokens/grants.ts";
import { challengeOf, type ExpectedCode, redeemCode } from "../tokens/redeem-code.ts";
import { seconds } from "../tokens/session-claims.ts";
import type { HostCookies } from "./cookies.ts";
import { callbackOf, protectedHost } from "./hosts.ts";
import { choicesBefore, lastParameter, returnPath } from "./return-path.ts";
import { createSignedText } from "./signed-text.ts";

export interface SignInDeps {
  readonly applications: Applications;
  readonly store: ArtifactStore;
  readonly sql: Sql;
  readonly now: () => Date;
  readonly publicUrl: string;
  readonly key: string;
  readonly cookies: HostCookies;
  /** Ends all that an authorization led to. */
  readonly revokeGrant: (grant: GrantName, grantId: string) => Promise<void>;
}

/** What is shown of a person to the application behind the proxy. */
export const HOST_SCOPES = ["openid", "profile", "email"];

const SIGN_IN_SECONDS = 30 * 60;

/** The `state` of the authorization request: one browser's, on one host, for a while. */
const signInState = z.object({
  /** Digest of the browser's token: so the state, which passes through addresses, does not give it away. */
  browser: z.string(),
  origin: z.string(),
  clientId: z.string(),
  returnTo: z.string(),
  nonce: z.string(),
  exp: z.number(),
});

/**
 * Signing in to the host of an application that has a proxy before it, and knows nothing of OpenID Connect. The gateway is
 * then the application's client, on the application's host: the proxy hands two paths of that host on to it.
 */
export function hostSignIn(deps: SignInDeps): {
  readonly start: RequestHandler;
  readonly callback: RequestHandler;
} {
  const states = createSignedText(deps.key, "state", signInState);
  // Derived, not sent along: what passes through the browser must not be enough to redeem the code elsewhere.
  const verifierOf = (state: string) =>
    createHmac("sha256", deps.key).update(`forward-auth verifier ${state}`).digest("base64url");
  const nowSeconds = () => seconds(deps.now());

  async function host(req: Parameters<RequestHandler>[0]) {
    const found = await protectedHost(req, deps.applications, deps.publicUrl);
    if (found === null) {
      throw new OAuthError(
        "invalid_request",
        `no application, or more than one, has ${ROUTES.callback} of this host among its redirect URIs. Register it, and have the proxy hand on the Host that it was asked for`,
      );
    }
    return found;
  }

  return {
    async start(req, res) {
      const { application, origin } = await host(req);
      const state = states.sign({
        browser: digest(deps.cookies.ensureBrowser(req, res)),
        origin,
        clientId: application.clientId,
        returnTo: returnPath(lastParameter(req.originalUrl, "return_to"), origin),
        nonce: randomBytes(16).toString("base64url"),
        exp: nowSeconds() + SIGN_IN_SECONDS,
      });
      const query = new URLSearchParams({
        ...choicesBefore(req.originalUrl, "return_to"),
        client_id: application.clientId,
        response_type: "code",
        redirect_uri: callbackOf(origin),
        scope: HOST_SCOPES.join(" "),
        state,
        code_challenge: challengeOf(verifierOf(state)),
        code_challenge_method: "S256",
      });
      res.set("cache-control", "no-store").redirect(303, `${deps.publicUrl}${ROUTES.authorize}?${query}`);
    },

    async callback(req, res) {
      const { application, origin } = await host(req);
      const query = parametersOf(req.query);
      const text = required(query, "state");
      const state = states.open(text);
      const browser = deps.cookies.browser(req);
      // Another browser's is a sign-in that somebody else began, and means to end here (RFC 6749, 10.12).
      if (
        state === null ||
        state.exp <= nowSeconds() ||
        state.origin !== origin ||
        state.clientId !== application.clientId ||
        browser === null ||
        state.browser !== digest(browser)
      ) {
        throw new OAuthError(
          "invalid_request",
          "the sign-in was not begun in this browser, or too long ago. Open the application anew",
        );
      }
      const failure = query.get("error");
      if (failure !== undefined) {
        throw new OAuthError(
          "invalid_request",
          `the sign-in came to nothing (${failure.replace(/\W/g, "?").slice(0, 64)})`,
        );
      }
      const code = await redeem(required(query, "code"), {
        clientId: application.clientId,
        redirectUri: callbackOf(origin),
        codeVerifier: verifierOf(text),
      });
      deps.cookies.setSession(res, code);
      res.set("cache-control", "no-store").redirect(303, origin + state.returnTo);
    },
  };

  /** The application has no secret here, and the gateway needs none. */
  async function redeem(id: string, expected: ExpectedCode) {
    const redeemed = await redeemCode(deps, id, expected);
    if (redeemed === "spent") {
      throw new OAuthError("invalid_request", "the sign-in was used already, or is not for this application");
    }
    if (redeemed === "ended") {
      throw new OAuthError("invalid_request", "the session has ended meanwhile. Open the application anew");
    }
    const { session, grant } = redeemed;
    return {
      sid: session.id,
      grant: grant.reference,
      aud: expected.clientId,
      exp: seconds(session.expiresAt),
    };
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
