import type { Sql } from "@sallyport/database";
import { findLiveSession, type LiveSession } from "@sallyport/sessions";
import type { SigningKeys } from "@sallyport/signing-keys";
import { z } from "zod";

/** RFC 9068, and ours: `sid` our session, `grant_id` the authorization that the token was issued for. */
const accessToken = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.string(),
  client_id: z.string(),
  jti: z.string(),
  iat: z.number(),
  exp: z.number(),
  scope: z.string(),
  sid: z.string(),
  grant_id: z.string(),
});

export interface AccessToken extends z.infer<typeof accessToken> {
  /** The key's id. */
  readonly signedBy: string;
}

export interface AccessTokens {
  /**
   * The claims of a token, if it is one of our unexpired access tokens; not checked is whether it is still valid, nor whether its
   * key is still trusted: `sessionOf` does both.
   */
  read(token: string): Promise<AccessToken | null>;
  /** As `read`, but of a key that is trusted. */
  verify(token: string): Promise<AccessToken | null>;
  /**
   * The session of a token that still holds: neither it, nor its authorization, nor the session has been revoked, and
   * its key is trusted.
   */
  sessionOf(token: AccessToken): Promise<LiveSession | null>;
}

export function createAccessTokens(deps: {
  readonly keys: SigningKeys;
  readonly sql: Sql;
  readonly issuer: string;
  readonly now: () => Date;
}): AccessTokens {
  const expected = { typ: "at+jwt", issuer: deps.issuer };
  const read: AccessTokens["read"] = async (token) => {
    const found = await deps.keys.read(token, expected);
    const claims = accessToken.safeParse(found?.payload).data;
    return found === null || claims === undefined ? null : { ...claims, signedBy: found.kid };
  };
  return {
    read,
    verify: async (token) => ((await deps.keys.verify(token, expected)) === null ? null : read(token)),
    sessionOf: ({ sid, jti, grant_id, signedBy }) =>
      findLiveSession(deps.sql, sid, deps.now(), [jti, grant_id], signedBy),
  };
}
