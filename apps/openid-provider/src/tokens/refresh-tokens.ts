import type { Sql } from "@sallyport/database";
import { findLiveSession, type LiveSession } from "@sallyport/sessions";
import { z } from "zod";
import type { ArtifactStore } from "../store/artifact-store.ts";
import { parseGrantId } from "./grants.ts";

const storedToken = z.object({
  clientId: z.string(),
  grantId: z.string(),
  scope: z.string(),
  iat: z.number(),
  exp: z.number(),
});

export interface RefreshToken extends z.infer<typeof storedToken> {
  readonly sessionId: string;
  /** The authorization's name in access tokens. */
  readonly grantReference: string;
}

export interface RefreshTokens {
  /** A refresh token that has not been used; whether its session still holds is not asked. */
  read(token: string): Promise<RefreshToken | null>;
  sessionOf(token: RefreshToken): Promise<LiveSession | null>;
}

/** oidc-provider's refresh tokens, for introspection and revocation. */
export function createRefreshTokens(store: ArtifactStore, sql: Sql, now: () => Date): RefreshTokens {
  return {
    async read(token) {
      const found = await store.find({ kind: "RefreshToken", id: token });
      if (found === null || found.consumedAt !== null) {
        return null;
      }
      const stored = storedToken.parse(found.payload);
      const grant = parseGrantId(stored.grantId);
      if (grant === null) {
        throw new Error("A refresh token without a grant");
      }
      return { ...stored, sessionId: grant.sessionId, grantReference: grant.reference };
    },
    sessionOf: (token) => findLiveSession(sql, token.sessionId, now(), [token.grantReference]),
  };
}
