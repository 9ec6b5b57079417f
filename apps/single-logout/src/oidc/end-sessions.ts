import type { OidcConnection } from "@sallyport/connections";
import type { Database } from "@sallyport/database";
import { IdpFailure } from "@sallyport/oidc-client";
import { endNamedSessions } from "../end-named-sessions.ts";
import { findNamedSessions } from "./named-sessions.ts";

/** Whom an IdP has signed out. */
export interface NamedByIdp {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly sid: string | undefined;
  /** Of what may be said once only. */
  readonly once?: { readonly jti: string; readonly replayableUntil: Date };
}

/** Ends the sessions that an IdP names, and so what rests on them. Throws `IdpFailure` where it was said before. */
export async function endSessionsOf(
  deps: { readonly database: Database; readonly requestLogout: () => void },
  connection: OidcConnection,
  { once, ...named }: NamedByIdp,
  { requestId, now }: { readonly requestId: string; readonly now: Date },
): Promise<void> {
  const isFirst = await endNamedSessions(deps, {
    connection,
    message: once === undefined ? undefined : { id: once.jti, replayableUntil: once.replayableUntil },
    findSessions: (sql) => findNamedSessions(sql, connection, named, now),
    requestId,
    now,
  });
  if (!isFirst) {
    throw new IdpFailure("invalid", REPLAYED);
  }
}

const REPLAYED = {
  code: "logout_token_replayed",
  message: "The logout token was used before.",
  fix: "Nothing, where it happens once in a while. Else the IdP sends one logout token twice.",
  claim: "jti",
};
