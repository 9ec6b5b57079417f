import { useMessage } from "@sallyport/connections";
import type { Database } from "@sallyport/database";
import { recordEvents } from "@sallyport/events";
import { revokeSessions } from "@sallyport/sessions";
import { findPeople, liveSessionsOf, type Speaker } from "../universal-logout/find-person.ts";
import { endsSessions } from "./event-types.ts";
import type { SecurityEvent } from "./set.ts";

export interface Received {
  readonly speaker: Speaker;
  readonly event: SecurityEvent;
  /** Whether also those events end sessions that may as well mean little. */
  readonly strict: boolean;
  readonly requestId: string;
  readonly now: Date;
}

/**
 * Does what an IdP's security event means, once, with an event that tells of it in the same transaction. A session that the
 * SET names beside the person is not looked for: all of the person's end, since what is uncertain gives nobody access.
 */
export async function actOn(
  deps: { readonly database: Database; readonly requestLogout: () => void },
  { speaker, event, strict, requestId, now }: Received,
): Promise<void> {
  const { organizationId, id: connectionId } = speaker.connection;
  const message = { id: `set ${event.jti}`, replayableUntil: event.replayableUntil };
  const ended = await deps.database.transaction(async (sql) => {
    if (!(await useMessage(sql, connectionId, message))) {
      return 0; // sent again, as transmitters do that heard no answer: it is done
    }
    const people = event.subject === null ? [] : await findPeople(sql, speaker, event.subject);
    const acts = endsSessions(event.type, strict);
    const sessionIds = acts ? await liveSessionsOf(sql, organizationId, people, now) : [];
    const actor = { type: "system" } as const;
    const cause = { reason: "idp_signal", actor, requestId, now };
    const revoked = await revokeSessions(sql, organizationId, { sessionIds }, cause);
    await recordEvents(sql, [
      {
        organizationId,
        type: "connection.signal_received",
        actor,
        resource: { type: "connection", id: connectionId },
        requestId,
        data: {
          type: event.type,
          jti: event.jti,
          userIds: people,
          acted: acts,
          sessionIds: revoked.map(({ id }) => id),
        },
      },
    ]);
    return revoked.length;
  });
  if (ended > 0) {
    deps.requestLogout();
  }
}
