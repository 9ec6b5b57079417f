import { type OneTimeMessage, useMessage } from "@sallyport/connections";
import type { Database, Sql } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import { revokeSessions } from "@sallyport/sessions";

/** What an IdP said when it signed somebody out. */
export interface IdpLogout {
  readonly connection: { readonly id: string; readonly organizationId: string };
  /** What counts once; undefined for what does not. */
  readonly message: OneTimeMessage | undefined;
  /** The sessions that it names: their ids. */
  readonly findSessions: (sql: Sql) => Promise<readonly string[]>;
  readonly requestId: string;
  readonly now: Date;
}

/**
 * Ends the sessions that an IdP names, and so what rests on them, with an event. Resolves to false where the message was
 * used before: then nothing has ended.
 */
export async function endNamedSessions(
  deps: { readonly database: Database; readonly requestLogout: () => void },
  { connection, message, findSessions, requestId, now }: IdpLogout,
): Promise<boolean> {
  const { id: connectionId, organizationId } = connection;
  const ended = await deps.database.transaction(async (sql) => {
    if (message !== undefined && !(await useMessage(sql, connectionId, message))) {
      return null;
    }
    const sessionIds = await findSessions(sql);
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
  if (ended !== null && ended > 0) {
    deps.requestLogout();
  }
  return ended !== null;
}
