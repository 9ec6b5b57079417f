import { bearerToken, challenge, OAuthError } from "@sallyport/oauth";
import type { LiveSession } from "@sallyport/sessions";
import type { Request } from "express";
import type { AccessToken, AccessTokens } from "../tokens/access-tokens.ts";

/** Of the challenges of all endpoints of the OP. */
export const REALM = "sallyport";

/** The access token that a request carries, and its session. @throws OAuthError with the challenge of RFC 6750, 3 */
export async function requireBearer(
  req: Request,
  formToken: string | undefined,
  accessTokens: AccessTokens,
): Promise<{ readonly token: AccessToken; readonly session: LiveSession }> {
  const header = req.get("authorization");
  if (header !== undefined && formToken !== undefined) {
    throw new OAuthError("invalid_request", "The access token must be given in one way only");
  }
  const value = header === undefined ? formToken : bearerToken(header);
  if (value === undefined) {
    throw new OAuthError("invalid_token", "A bearer access token is needed", {
      challenge: challenge("Bearer", { realm: REALM }),
    });
  }
  const token = await accessTokens.read(value);
  const session = token === null ? null : await accessTokens.sessionOf(token);
  if (token === null || session === null) {
    throw new OAuthError("invalid_token", "The access token is not valid, has expired or was revoked", {
      challenge: challenge("Bearer", { realm: REALM, error: "invalid_token" }),
    });
  }
  return { token, session };
}

/** The scopes of a token, if `scope` is among them. @throws OAuthError with the challenge of RFC 6750, 3.1 */
export function requireScope(token: AccessToken, scope: string): ReadonlySet<string> {
  const scopes = new Set(token.scope.split(" "));
  if (scopes.has(scope)) {
    return scopes;
  }
  throw new OAuthError("insufficient_scope", `The access token was not given for the scope ${scope}`, {
    challenge: challenge("Bearer", { realm: REALM, error: "insufficient_scope", scope }),
  });
}
