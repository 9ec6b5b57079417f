import type { OidcConnection } from "@sallyport/connections";
import type { Database } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import { IdpFailure } from "@sallyport/oidc-client";
import { revokeSessions } from "@sallyport/sessions";
import { useLogoutRequest } from "../saml/store.ts";
import { findNamedSessions } from "./store.ts";

/** Whom an IdP has signed out. */
export interface NamedByIdp {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly sid: string | undefined;
  /** Of what may be said once only. */
  readonly once?: { readonly jti: string; readonly replayableUntil: Date };
}

/** Ends the sessions that an IdP names, and so what rests on them. Throws `IdpFailure` where it was said before. */
export async function endNamedSessions(
  deps: { readonly database: Database; readonly requestLogout: () => void },
  connection: OidcConnection,
  { once, ...named }: NamedByIdp,
  { requestId, now }: { readonly requestId: string; readonly now: Date },
): Promise<void> {
  const { organizationId, id: connectionId } = connection;
  const ended = await deps.database.transaction(async (sql) => {
    if (
      once !== undefined &&
      !(await useLogoutRequest(sql, connectionId, { id: once.jti, replayableUntil: once.replayableUntil }))
    ) {
      throw new IdpFailure("invalid", REPLAYED);
    }
    const sessionIds = await findNamedSessions(sql, connection, named, now);
    const actor = { type: "system" } as const;
    const cause = { reason: "idp_logout", actor, requestId, now };
    const revoked = await revokeSessions(sql, organizationId, { sessionIds }, cause);
    await recordEvents(sql, [
      {
        organizationId,
        type: "connection.logout_requested",
        actor,
        resource: { type: "connection", id: connectionId },
        requestId,
        data: { sessionIds: revoked.map((session) => session.id) },
      },
    ]);
    return revoked.length;
  });
  if (ended > 0) {
    deps.requestLogout();
  }
}

const REPLAYED = {
  code: "logout_token_replayed",
  message: "The logout token was used before.",
  fix: "Nothing, where it happens once in a while. Else the IdP sends one logout token twice.",
  claim: "jti",
};
