import { useMessage } from "@sallyport/connections";
import { cutText, type Database, type Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { recordEvents } from "@sallyport/events";
import { guardSessionEnds, type JudgedEnds, lockSessionEnds } from "@sallyport/people";
import { revokeSessions } from "@sallyport/sessions";
import { findPeople, liveSessionsOf } from "../find-people.ts";
import { keyOf, type SignalSource } from "../source.ts";
import { noteTransmitter, STREAM_STATUSES } from "../transmitters/store.ts";
import { credentialChangeOf } from "./credential-change.ts";
import { endsSessions, isUrgent, STREAM_UPDATED, VERIFICATION } from "./event-types.ts";
import type { SecurityEvent } from "./set.ts";

export interface Received {
  readonly source: SignalSource;
  readonly event: SecurityEvent;
  readonly requestId: string;
  readonly now: Date;
}

const ACTOR = { type: "system" } as const;
const LONGEST_REASON = 300;

/**
 * Does what an IdP's security event means, once, with an event that tells of it in the same transaction. A session that the
 * SET names beside the person is not looked for: all of the person's end that had begun by then, since what is uncertain gives
 * nobody access. What the connection's guard does not let through is held.
 */
export async function actOn(
  deps: { readonly database: Database; readonly requestLogout: () => void },
  received: Received,
): Promise<void> {
  const { source, event, now } = received;
  const { connection } = source.speaker;
  const message = { id: `set ${event.jti}`, replayableUntil: event.replayableUntil };
  const ended = await deps.database.transaction(async (sql) => {
    if (!(await useMessage(sql, connection.id, message))) {
      return 0; // sent again, as transmitters do that heard no answer: it is done
    }
    const people = event.subject === null ? [] : await findPeople(sql, source.speaker, event.subject);
    const acts = endsSessions(event.type, source.settings.strict ?? false);
    const { sessionIds, heldChangeId } = acts
      ? await endSessions(sql, received, people)
      : { sessionIds: [], heldChangeId: null };
    await recordEvents(sql, [
      {
        organizationId: connection.organizationId,
        type: "connection.signal_received",
        actor: ACTOR,
        resource: { type: "connection", id: connection.id },
        requestId: received.requestId,
        data: {
          ...{ type: event.type, jti: event.jti, userIds: people, acted: acts, sessionIds },
          ...defined({
            heldChangeId: heldChangeId ?? undefined,
            credentialChange: credentialChangeOf(event) ?? undefined,
          }),
        },
      },
    ]);
    await hearOfStream(sql, received);
    // What was refused before, where anything was, is not what happens now.
    const error = source.errorCode === "event_refused" ? null : undefined;
    await noteTransmitter(sql, keyOf(source), { lastReceivedAt: now, ...defined({ error }) });
    return sessionIds.length;
  });
  if (ended > 0) {
    deps.requestLogout();
  }
}

async function endSessions(
  sql: Sql,
  { source, event, requestId, now }: Received,
  people: readonly string[],
): Promise<{ readonly sessionIds: readonly string[]; readonly heldChangeId: string | null }> {
  const { id: connectionId, organizationId } = source.speaker.connection;
  const { begunUntil } = event;
  if ((await liveSessionsOf(sql, organizationId, people, { now, begunUntil })).length === 0) {
    return { sessionIds: [], heldChangeId: null }; // nobody loses anything
  }
  await lockSessionEnds(sql, connectionId);
  const live = await liveSessionsOf(sql, organizationId, people, { now, begunUntil });
  const userIds = [...new Set(live.map(({ userId }) => userId))];
  const judged: JudgedEnds =
    userIds.length === 0
      ? { heldChangeId: null, events: [] }
      : await guardSessionEnds(sql, {
          ...{ organizationId, connectionId, userIds, begunUntil, now },
          urgent: isUrgent(event.type),
        });
  await recordEvents(
    sql,
    judged.events.map((draft) => ({ ...draft, actor: ACTOR, requestId })),
  );
  if (judged.heldChangeId !== null) {
    return { sessionIds: [], heldChangeId: judged.heldChangeId };
  }
  const cause = { reason: "idp_signal", actor: ACTOR, requestId, now };
  const sessionIds = live.map(({ id }) => id);
  const revoked = await revokeSessions(sql, organizationId, { sessionIds }, cause);
  return { sessionIds: revoked.map(({ id }) => id), heldChangeId: null };
}

/** What the transmitter tells of the stream itself (SSF 1.0, section 8.1.4). */
async function hearOfStream(sql: Sql, { source, event, requestId, now }: Received): Promise<void> {
  const { state } = event.event;
  if (event.type === VERIFICATION && source.stream !== null && typeof state === "string") {
    const { rowCount } = await sql.query(
      "UPDATE idp_streams SET verify_state = NULL WHERE id = $1::uuid AND verify_state = $2",
      [source.stream.id, state.replaceAll("\u0000", "\ufffd")],
      "idp_streams_verified",
    );
    if (rowCount === 1) {
      await noteTransmitter(sql, keyOf(source), { lastVerifiedAt: now, error: null });
    }
  }
  const status = STREAM_STATUSES.find((one) => one === event.event.status);
  if (event.type !== STREAM_UPDATED || status === undefined) {
    return;
  }
  const said = event.event.reason;
  const reason =
    typeof said === "string" ? cutText(said.replaceAll("\u0000", "\ufffd"), LONGEST_REASON) : null;
  await noteTransmitter(sql, keyOf(source), { status: { status, reason } });
  const { id, organizationId } = source.speaker.connection;
  await recordEvents(sql, [
    {
      organizationId,
      type: "connection.signal_stream_updated",
      actor: ACTOR,
      resource: { type: "connection", id },
      requestId,
      data: { status, reason },
    },
  ]);
}
