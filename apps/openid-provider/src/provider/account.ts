import type { LiveSession } from "@sallyport/sessions";
import type { Account, AccountClaims, KoaContextWithOIDC } from "oidc-provider";
import { sessionClaims } from "../tokens/session-claims.ts";

/**
 * What oidc-provider takes for a person. It is *looked up* by our session's id: codes, refresh tokens and the
 * browser's session all name that, so a session's end is the end of them all. It *answers* with the user's id, which
 * thereby becomes the `sub` of all that leaves the house.
 */
export class SessionAccount implements Account {
  [key: string]: unknown;
  readonly accountId: string;
  readonly session: LiveSession;

  constructor(session: LiveSession) {
    this.accountId = session.userId;
    this.session = session;
  }

  claims(_use: string, scope: string): AccountClaims {
    return { ...sessionClaims(this.session, new Set(scope.split(" "))) };
  }
}

/** The session that this request is for; null while nobody has signed in. */
export function sessionOf(ctx: KoaContextWithOIDC): LiveSession | null {
  const { account } = ctx.oidc;
  return account instanceof SessionAccount ? account.session : null;
}
