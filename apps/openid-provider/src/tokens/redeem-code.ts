import { createHash } from "node:crypto";
import type { Sql } from "@sallyport/database";
import { findLiveSession, type LiveSession } from "@sallyport/sessions";
import { z } from "zod";
import type { ArtifactStore } from "../store/artifact-store.ts";
import { type GrantName, parseGrantId } from "./grants.ts";

/** What oidc-provider stores of a code, as far as it concerns us. */
const storedCode = z.object({
  clientId: z.string(),
  redirectUri: z.string(),
  codeChallenge: z.string(),
  codeChallengeMethod: z.literal("S256"),
  nonce: z.string().optional(),
  grantId: z.string(),
});

/** Whom a code must have been given to, and for which request. */
export interface ExpectedCode {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
  readonly nonce?: string;
}

export interface RedeemedCode {
  readonly session: LiveSession;
  readonly grant: GrantName;
}

/**
 * Redeems a code as the token endpoint does, in this process: for pages of the gateway itself, which need no secret and
 * take no token. "spent": used before, unknown, or given for something else. "ended": the session has ended meanwhile.
 */
export async function redeemCode(
  deps: {
    readonly store: ArtifactStore;
    readonly sql: Sql;
    readonly now: () => Date;
    /** Ends all that an authorization led to. */
    readonly revokeGrant: (grant: GrantName, grantId: string) => Promise<void>;
  },
  id: string,
  expected: ExpectedCode,
): Promise<RedeemedCode | "spent" | "ended"> {
  const found = await deps.store.consume({ kind: "AuthorizationCode", id });
  const code = storedCode.safeParse(found?.payload).data;
  const grant = parseGrantId(code?.grantId ?? "");
  if (found === null || code === undefined || grant === null) {
    return "spent";
  }
  if (found.consumedAt !== null) {
    await deps.revokeGrant(grant, code.grantId); // used twice: the first may have been a thief (RFC 6749, 4.1.2)
    return "spent";
  }
  if (
    code.clientId !== expected.clientId ||
    code.redirectUri !== expected.redirectUri ||
    code.codeChallenge !== challengeOf(expected.codeVerifier) ||
    code.nonce !== expected.nonce
  ) {
    return "spent";
  }
  const session = await findLiveSession(deps.sql, grant.sessionId, deps.now(), [grant.reference]);
  return session === null ? "ended" : { session, grant };
}

/** The `code_challenge` of a verifier, by S256 (RFC 7636, 4.2). */
export function challengeOf(codeVerifier: string): string {
  return createHash("sha256").update(codeVerifier).digest("base64url");
}
