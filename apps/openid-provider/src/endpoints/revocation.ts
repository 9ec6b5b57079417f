import { requestId } from "@sallyport/http";
import { OAuthError } from "@sallyport/oauth";
import type { RequestHandler } from "express";
import type { Applications } from "../applications.ts";
import type { AccessTokens } from "../tokens/access-tokens.ts";
import type { RefreshTokens } from "../tokens/refresh-tokens.ts";
import { authenticateClient } from "./client-authentication.ts";
import { allowOwnOrigins } from "./cors.ts";
import { parametersOf, required } from "./form.ts";
import { isJwt } from "./introspection.ts";

/** Ends one token (`tokenId` its jti), or an authorization with all its tokens (`tokenId` its reference). */
export type RevokeToken = (revocation: {
  readonly sessionId: string;
  readonly tokenId: string;
  /** Set when the whole authorization ends. */
  readonly grantId?: string;
  readonly reason: "revoked_by_application" | "used_twice";
  readonly requestId?: string;
}) => Promise<void>;

/**
 * Token revocation (RFC 7009): an access token alone, or a refresh token with every token of its authorization.
 * Unknown tokens are as good as revoked: 200.
 */
export function revocation(deps: {
  readonly applications: Applications;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly revoke: RevokeToken;
}): RequestHandler {
  return async (req, res) => {
    const cause = { reason: "revoked_by_application", requestId: requestId(req) } as const;
    const form = parametersOf(req.body);
    const application = await authenticateClient(req, form, deps.applications);
    await allowOwnOrigins(req, res, deps.applications, application.clientId);
    const value = required(form, "token");
    if (isJwt(value)) {
      const token = await deps.accessTokens.verify(value);
      if (token !== null) {
        requireOwn(token.client_id, application.clientId);
        await deps.revoke({ sessionId: token.sid, tokenId: token.jti, ...cause });
      }
    } else {
      const token = await deps.refreshTokens.read(value);
      if (token !== null) {
        requireOwn(token.clientId, application.clientId);
        const { sessionId, grantReference, grantId } = token;
        await deps.revoke({ sessionId, tokenId: grantReference, grantId, ...cause });
      }
    }
    res.status(200).set("cache-control", "no-store").end();
  };
}

function requireOwn(ownerId: string, clientId: string): void {
  if (ownerId !== clientId) {
    throw new OAuthError("invalid_grant", "The token was issued to another application");
  }
}
