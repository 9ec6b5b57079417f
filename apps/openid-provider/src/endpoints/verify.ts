import type { SessionClaims } from "@sallyport/claims";
import { challenge, OAuthError } from "@sallyport/oauth";
import type { RequestHandler } from "express";
import type { AccessTokens } from "../tokens/access-tokens.ts";
import { sessionClaims } from "../tokens/session-claims.ts";
import { REALM, requireBearer, requireScope } from "./bearer.ts";
import { parametersOf } from "./form.ts";

/**
 * Forward authentication for nginx (auth_request), Envoy (ext_authz) and Traefik (ForwardAuth): 200 and who it is, in
 * headers, or a refusal. The proxy's configuration names the application that it stands before: `?audience=` and its
 * client_id. Another application's token is refused, or each application could act as its users at every other one
 * (RFC 9068, 4).
 */
export function verify(accessTokens: AccessTokens): RequestHandler {
  return async (req, res) => {
    const { token, session } = await requireBearer(req, undefined, accessTokens);
    // Of the query alone: a header may have come from the client, through the proxy.
    const audience = parametersOf(req.query).get("audience");
    if (audience === undefined) {
      throw new OAuthError(
        "invalid_request",
        "audience is missing: add ?audience= and the client_id of the protected application to the verify URL in the configuration of the proxy",
      );
    }
    if (token.aud !== audience) {
      throw new OAuthError("invalid_token", "The access token was issued to another application", {
        challenge: challenge("Bearer", { realm: REALM, error: "invalid_token" }),
      });
    }
    const scopes = requireScope(token, "openid");
    res
      .set(identityHeaders(sessionClaims(session, scopes)))
      .set("cache-control", "no-store")
      .status(200)
      .end();
  };
}

/**
 * What userinfo would say, in headers. Each of them is always there, empty where there is nothing to say, so that a
 * proxy that copies them leaves none that the client made up. Values are UTF-8, percent-encoded (RFC 3986, 2.1; `@` and
 * `:` stay readable), lists joined by commas: no value can end a header, or an item of a list.
 */
function identityHeaders(claims: SessionClaims): Record<string, string> {
  // A proxy's application takes an address for a person: one that nobody has verified could be another's.
  const verified = claims.email !== undefined && claims.email_verified === true;
  return {
    "x-auth-subject": claims.sub,
    "x-auth-session": claims.sid,
    "x-auth-org": claims.org_id,
    "x-auth-org-slug": encode(claims.org_slug),
    "x-auth-email": encode(verified ? claims.email : undefined),
    "x-auth-email-verified": String(verified),
    "x-auth-name": encode(claims.name),
    "x-auth-roles": claims.roles.map(encode).join(","),
    "x-auth-permissions": claims.permissions.map(encode).join(","),
    "x-auth-groups": claims.groups.map(encode).join(","),
  };
}

function encode(value = ""): string {
  return encodeURIComponent(value).replaceAll("%40", "@").replaceAll("%3A", ":");
}
