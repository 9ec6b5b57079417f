import { challenge, OAuthError } from "@sallyport/oauth";
import type { LiveSession, RememberedSessions } from "@sallyport/sessions";
import type { Request, RequestHandler } from "express";
import type { Applications } from "../applications.ts";
import { REALM, requireBearer, requireScope } from "../endpoints/bearer.ts";
import { type Form, parametersOf } from "../endpoints/form.ts";
import { ROUTES } from "../routes.ts";
import type { AccessTokens } from "../tokens/access-tokens.ts";
import { seconds, sessionClaims } from "../tokens/session-claims.ts";
import type { HostCookies } from "./cookies.ts";
import { originAmong } from "./hosts.ts";
import { identityHeaders } from "./identity-headers.ts";
import { choicesBefore, lastParameter, returnPath } from "./return-path.ts";
import { HOST_SCOPES } from "./sign-in.ts";

export interface VerifyDeps {
  readonly accessTokens: AccessTokens;
  readonly applications: Applications;
  readonly cookies: HostCookies;
  readonly remembered: RememberedSessions;
  readonly now: () => Date;
  readonly publicUrl: string;
}

/**
 * Forward authentication for nginx (auth_request), Envoy (ext_authz), Traefik and Caddy: 200 and who it is, in headers, or
 * a refusal. The proxy's configuration names the application that it stands before: `?audience=` and its client_id.
 * Another application's token or cookie is refused, or each application could act as its users at every other one
 * (RFC 9068, 4). With `sign_in=redirect`, a page is answered with the way to sign in.
 */
export function verify(deps: VerifyDeps): RequestHandler {
  return async (req, res) => {
    // Of the query alone: a header may have come from the client, through the proxy.
    const query = parametersOf(req.query);
    try {
      const { session, scopes, audience } = await authenticate(req, query, deps);
      res
        .set(identityHeaders(sessionClaims(session, scopes), audience))
        .set("cache-control", "no-store")
        .status(200)
        .end();
    } catch (error) {
      const way =
        isRefused(error) && query.get("sign_in") === "redirect" ? await wayToSignIn(req, query, deps) : null;
      if (way === null) {
        throw error;
      }
      res.set("cache-control", "no-store").redirect(302, way);
    }
  };
}

async function authenticate(req: Request, query: Form, deps: VerifyDeps) {
  // An Authorization of another scheme is the application's own affair.
  const cookie = /^bearer\b/i.test(req.get("authorization") ?? "") ? null : deps.cookies.session(req);
  if (cookie !== null) {
    const audience = requireAudience(query, cookie.aud);
    return { session: await sessionOf(cookie, deps), scopes: new Set(HOST_SCOPES), audience };
  }
  const { token, session } = await requireBearer(req, undefined, deps.accessTokens);
  const audience = requireAudience(query, token.aud);
  return { session, scopes: requireScope(token, "openid"), audience };
}

async function sessionOf(
  { sid, grant, exp }: { readonly sid: string; readonly grant: string; readonly exp: number },
  { remembered, now }: VerifyDeps,
): Promise<LiveSession> {
  const session = exp <= seconds(now()) ? null : await remembered.find(sid, grant);
  if (session === null) {
    throw refused("The session has ended: sign in again");
  }
  return session;
}

function requireAudience(query: Form, given: string): string {
  const audience = query.get("audience");
  if (audience === undefined) {
    throw new OAuthError(
      "invalid_request",
      "audience is missing: add ?audience= and the client_id of the protected application to the verify URL in the configuration of the proxy",
    );
  }
  if (given !== audience) {
    throw refused("What was sent was issued to another application");
  }
  return audience;
}

const refused = (description: string) =>
  new OAuthError("invalid_token", description, {
    challenge: challenge("Bearer", { realm: REALM, error: "invalid_token" }),
  });

const isRefused = (error: unknown) => error instanceof OAuthError && error.code === "invalid_token";

/**
 * Where a browser that asks for a page signs in: on the host that it asked for, if that is the application's. Null for
 * whatever a redirect would do no good: a script's request, an image, a form that is posted.
 */
async function wayToSignIn(req: Request, query: Form, deps: VerifyDeps): Promise<string | null> {
  const application = await deps.applications.find(query.get("audience") ?? "");
  const origin = application === null ? null : originAmong(req, application, deps.publicUrl);
  const method = req.get("x-forwarded-method") ?? req.method;
  const mode = req.get("sec-fetch-mode") ?? "navigate";
  if (origin === null || method !== "GET" || mode !== "navigate" || req.accepts("json", "html") !== "html") {
    return null;
  }
  // Traefik and Caddy say by a header what was asked for; Envoy appends it to our own address.
  const wanted = query.has("path")
    ? lastParameter(req.originalUrl, "path")
    : (req.get("x-forwarded-uri") ?? "/");
  const parameters = new URLSearchParams({
    ...choicesBefore(req.originalUrl, "path"),
    return_to: returnPath(wanted, origin),
  });
  return `${origin}${ROUTES.start}?${parameters}`;
}
