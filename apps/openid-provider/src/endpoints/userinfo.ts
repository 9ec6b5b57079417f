import type { RequestHandler } from "express";
import type { Applications } from "../applications.ts";
import type { AccessTokens } from "../tokens/access-tokens.ts";
import { sessionClaims } from "../tokens/session-claims.ts";
import { requireBearer, requireScope } from "./bearer.ts";
import { allowOwnOrigins } from "./cors.ts";
import { parametersOf } from "./form.ts";

/** UserInfo (OpenID Connect Core 5.3): the normalized session as it is now. */
export function userinfo(accessTokens: AccessTokens, applications: Applications): RequestHandler {
  return async (req, res) => {
    const { token, session } = await requireBearer(
      req,
      parametersOf(req.body).get("access_token"),
      accessTokens,
    );
    await allowOwnOrigins(req, res, applications, token.client_id);
    const scopes = requireScope(token, "openid");
    res.set("cache-control", "no-store").json(sessionClaims(session, scopes));
  };
}
