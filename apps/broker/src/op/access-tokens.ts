import type { Sql } from "@sallyport/database";
import { findLiveSession, type LiveSession } from "@sallyport/sessions";
import type { SigningKeys } from "@sallyport/signing-keys";
import { z } from "zod";

/** RFC 9068, and ours: `sid` our session, `grant_id` the authorization that the token came of. */
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

export type AccessToken = z.infer<typeof accessToken>;

export interface AccessTokens {
  /** What a token says, if it is an unexpired access token of ours; whether it still holds is not asked. */
  read(token: string): Promise<AccessToken | null>;
  /** The session of a token that still holds: neither it, nor its authorization, nor the session has been revoked. */
  sessionOf(token: AccessToken): Promise<LiveSession | null>;
}

export function createAccessTokens(deps: {
  readonly keys: SigningKeys;
  readonly sql: Sql;
  readonly issuer: string;
  readonly now: () => Date;
}): AccessTokens {
  return {
    async read(token) {
      const payload = await deps.keys.verify(token, { typ: "at+jwt", issuer: deps.issuer });
      return accessToken.safeParse(payload).data ?? null;
    },
    sessionOf: ({ sid, jti, grant_id }) => findLiveSession(deps.sql, sid, deps.now(), [jti, grant_id]),
  };
}
