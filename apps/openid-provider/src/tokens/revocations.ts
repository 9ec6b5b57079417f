import type { Database } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { findLiveSession, recordTokenRepetition, revokeSessions, revokeToken } from "@sallyport/sessions";
import type { RevokeToken } from "../endpoints/revocation.ts";
import type { ArtifactStore } from "../store/artifact-store.ts";

export interface Revocations {
  /** On behalf of an application, or because a token was used twice. */
  readonly token: RevokeToken;
  /** Records that a refresh token was used again within its window. */
  repetition(used: {
    readonly sessionId: string;
    readonly clientId: string;
    readonly requestId: string;
  }): Promise<void>;
  /** Signs out: the session and all that rests on it. False, and nothing happens, when it has ended already. */
  session(sessionId: string, requestId: string): Promise<boolean>;
}

export function createRevocations(deps: {
  readonly database: Database;
  readonly store: ArtifactStore;
  readonly now: () => Date;
  readonly requestLogout: () => void;
}): Revocations {
  const { database, store, now, requestLogout } = deps;
  return {
    async token({ sessionId, tokenId, grantId, reason, requestId }) {
      await database.transaction((sql) =>
        revokeToken(sql, sessionId, tokenId, {
          reason,
          actor: { type: "system" },
          ...defined({ requestId }),
        }),
      );
      // Refused from the commit on; what is left of them only takes room.
      if (grantId !== undefined) {
        await store.removeGrant(grantId);
      }
    },
    async repetition({ sessionId, clientId, requestId }) {
      await database.transaction((sql) => recordTokenRepetition(sql, sessionId, clientId, requestId));
    },
    async session(sessionId, requestId) {
      const session = await findLiveSession(database.sql, sessionId, now());
      if (session === null) {
        return false;
      }
      const ended = await database.transaction((sql) =>
        revokeSessions(
          sql,
          session.organizationId,
          { sessionIds: [sessionId] },
          { reason: "rp_logout", actor: { type: "user", id: session.userId }, requestId, now: now() },
        ),
      );
      requestLogout();
      return ended.length > 0;
    },
  };
}
