import { OAuthError } from "@sallyport/oauth";
import type { RequestHandler } from "express";
import { type Applications, isPublic } from "../applications.ts";
import type { AccessTokens } from "../tokens/access-tokens.ts";
import type { RefreshTokens } from "../tokens/refresh-tokens.ts";
import { sessionClaims } from "../tokens/session-claims.ts";
import { authenticateClient } from "./client-authentication.ts";
import { parametersOf, required } from "./form.ts";

type Introspection = Readonly<Record<string, unknown>>;

const INACTIVE: Introspection = { active: false };

/**
 * Token introspection (RFC 7662) of access and refresh tokens, as of this moment. An application learns of its own
 * tokens only: any other is inactive to it, like one that never was.
 */
export function introspection(deps: {
  readonly applications: Applications;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly issuer: string;
}): RequestHandler {
  const { accessTokens, refreshTokens, issuer } = deps;

  async function ofAccessToken(value: string, clientId: string): Promise<Introspection> {
    const token = await accessTokens.read(value);
    if (token?.client_id !== clientId) {
      return INACTIVE;
    }
    const session = await accessTokens.sessionOf(token);
    if (session === null) {
      return INACTIVE;
    }
    const { iss, aud, client_id, jti, iat, exp, scope } = token;
    return {
      active: true,
      token_type: "Bearer",
      ...{ iss, aud, client_id, jti, iat, exp, scope },
      ...sessionClaims(session, new Set(scope.split(" "))),
    };
  }

  async function ofRefreshToken(value: string, clientId: string): Promise<Introspection> {
    const token = await refreshTokens.read(value);
    if (token?.clientId !== clientId) {
      return INACTIVE;
    }
    const session = await refreshTokens.sessionOf(token);
    if (session === null) {
      return INACTIVE;
    }
    const { iat, exp, scope } = token;
    return {
      active: true,
      iss: issuer,
      client_id: clientId,
      ...{ iat, exp, scope },
      ...sessionClaims(session, new Set(scope.split(" "))),
    };
  }

  return async (req, res) => {
    const form = parametersOf(req.body);
    const application = await authenticateClient(req, form, deps.applications);
    if (isPublic(application)) {
      throw new OAuthError("invalid_client", "Introspection needs an application with a client secret");
    }
    const value = required(form, "token");
    const answer = isJwt(value)
      ? await ofAccessToken(value, application.clientId)
      : await ofRefreshToken(value, application.clientId);
    res.set("cache-control", "no-store").json(answer);
  };
}

/** Access tokens are JWTs, refresh tokens are not: no hint is needed to tell them apart. */
export function isJwt(token: string): boolean {
  return token.split(".").length === 3;
}
