import type { Database, Sql } from "@sallyport/database";
import { acknowledge, hasUnread, outboxSince, type RecordedEvent, readUnread } from "@sallyport/events";
import { SIGNAL_TYPES } from "../event-types.ts";
import { addSignals, type NewSignal } from "../sets/add.ts";
import { subjectOf } from "../subjects.ts";
import {
  type EndedSession,
  type Listener,
  listenersOfPeople,
  listenersOfSessions,
  usersBehind,
} from "./audience.ts";
import { readClaims } from "./claims.ts";
import {
  type ChangedClaims,
  type CredentialChange,
  initiatingEntity,
  occurrencesOf,
  reasonAdmin,
} from "./signals.ts";

/** Under this name the outbox knows how far signals have come. */
export const CONSUMER = "signals";

export interface FanOut {
  readonly issuer: string;
  readonly now: Date;
  /** Events at once. Default 200. */
  readonly limit?: number;
}

/**
 * Puts what the next events of the outbox mean into the streams that are to hear of it, in the transaction that advances
 * the reader: each once, whoever dies when. One process at a time does it. Resolves to whether there may be more.
 */
export async function fanOutSignals(
  database: Database,
  { issuer, now, limit = 200 }: FanOut,
): Promise<boolean> {
  if (!(await hasUnread(database.sql, CONSUMER))) {
    return false;
  }
  return database.transaction(async (sql) => {
    const { rows } = await sql.query<{ locked: boolean }>(
      "SELECT pg_try_advisory_xact_lock(hashtextextended('signals', 0)) AS locked",
      [],
      "signals_try_lock",
    );
    if (rows[0]?.locked !== true) {
      return false;
    }
    // Read first: a stream that is made from here on is told of what follows.
    const end = await outboxSince(sql, null);
    if (!(await anyStream(sql))) {
      await acknowledge(sql, CONSUMER, end.position);
      return false;
    }
    const entries = await readUnread(sql, CONSUMER, limit);
    const last = entries.at(-1);
    if (last === undefined) {
      return false;
    }
    await addSignals(
      sql,
      await signalsOf(
        sql,
        entries.map(({ event }) => event),
        { issuer, now },
      ),
      now,
    );
    await acknowledge(sql, CONSUMER, last.position);
    return entries.length === limit;
  });
}

async function anyStream(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ any: boolean }>(
    "SELECT EXISTS (SELECT FROM signal_streams WHERE status <> 'disabled') AS any",
    [],
    "signals_any_stream",
  );
  return rows[0]?.any === true;
}

interface Change {
  readonly userId: string;
  readonly changed: ChangedClaims;
  readonly event: RecordedEvent;
  readonly order: number;
}

/** In the order of the events. */
async function signalsOf(
  sql: Sql,
  events: readonly RecordedEvent[],
  { issuer, now }: { readonly issuer: string; readonly now: Date },
): Promise<NewSignal[]> {
  const ended: (EndedSession & { readonly event: RecordedEvent; readonly order: number })[] = [];
  const changes: Change[] = [];
  const credentials: {
    userId: string;
    change: CredentialChange;
    endedSessions: readonly string[];
    event: RecordedEvent;
    order: number;
  }[] = [];
  const inGroups: {
    userIds: readonly string[];
    membersOf: string | null;
    event: RecordedEvent;
    order: number;
  }[] = [];
  for (const [order, event] of events.entries()) {
    for (const occurrence of occurrencesOf(event)) {
      if (occurrence.is === "session_ended") {
        const { sessionId: id, userId } = occurrence;
        const { occurredAt: at, organizationId } = event;
        ended.push({ id, at, userId, organizationId, event, order });
      } else if (occurrence.is === "claims_changed") {
        changes.push({ ...occurrence, event, order });
      } else if (occurrence.is === "credential_changed") {
        credentials.push({ ...occurrence, event, order });
      } else {
        const { directoryUserIds: userIds, membersOf } = occurrence;
        inGroups.push({ userIds, membersOf, event, order });
      }
    }
  }
  changes.push(...(await groupChanges(sql, inGroups)));
  const latest = lastOfEach(changes);
  const sessionType = SIGNAL_TYPES.sessionRevoked;
  const claimsType = SIGNAL_TYPES.tokenClaimsChange;
  const ofSessions = ended.length === 0 ? [] : await listenersOfSessions(sql, sessionType, ended);
  const ofPeople =
    latest.length === 0
      ? []
      : await listenersOfPeople(
          sql,
          claimsType,
          latest.map(({ userId, event }) => ({ userId, at: event.occurredAt })),
          { now },
        );
  const credentialType = SIGNAL_TYPES.credentialChange;
  const ofCredentials =
    credentials.length === 0
      ? []
      : await listenersOfPeople(
          sql,
          credentialType,
          credentials.map(({ userId, event }) => ({ userId, at: event.occurredAt })),
          { now, endedSessions: credentials.flatMap(({ endedSessions }) => endedSessions) },
        );
  const claims = await readClaims(sql, [...new Set(ofPeople.map(({ person }) => person.userId))]);

  const signal = (
    listener: Listener,
    type: string,
    event: RecordedEvent,
    more: object,
    sessionId?: string,
  ) => ({
    streamId: listener.streamId,
    type,
    subject: subjectOf(listener.subjectFormat, issuer, listener.person, sessionId),
    event: {
      event_timestamp: Math.floor(event.occurredAt.getTime() / 1_000),
      initiating_entity: initiatingEntity(event.actor),
      reason_admin: reasonAdmin(event),
      ...more,
    },
    // What one request did has one name in all streams (RFC 8417, section 2.2).
    txn: event.requestId ?? event.id,
  });
  const found = [
    ...ofSessions.flatMap((listener) => {
      const about = ended[listener.index];
      return about === undefined
        ? []
        : [{ order: about.order, signal: signal(listener, sessionType, about.event, {}, about.id) }];
    }),
    ...ofPeople.flatMap((listener) => {
      const about = latest[listener.index];
      const values = claims.get(listener.person.userId);
      return about === undefined || values === undefined
        ? []
        : [
            {
              order: about.order,
              signal: signal(listener, claimsType, about.event, { claims: values(about.changed) }),
            },
          ];
    }),
    ...ofCredentials.flatMap((listener) => {
      const about = credentials[listener.index];
      return about === undefined
        ? []
        : [
            {
              order: about.order,
              signal: signal(listener, credentialType, about.event, {
                credential_type: about.change.credentialType,
                change_type: about.change.changeType,
                initiating_entity: undefined, // who changed it there is not known here
              }),
            },
          ];
    }),
  ];
  return found.sort((one, other) => one.order - other.order).map(({ signal }) => signal);
}

async function groupChanges(
  sql: Sql,
  inGroups: readonly {
    readonly userIds: readonly string[];
    readonly membersOf: string | null;
    readonly event: RecordedEvent;
    readonly order: number;
  }[],
): Promise<Change[]> {
  if (inGroups.length === 0) {
    return [];
  }
  const behind = await usersBehind(
    sql,
    inGroups.flatMap(({ userIds }) => userIds),
    inGroups.flatMap(({ membersOf }) => membersOf ?? []),
  );
  return inGroups.flatMap(({ userIds, membersOf, event, order }) => {
    const named = userIds.flatMap((id) => behind.ofDirectoryUsers.get(id) ?? []);
    const members = membersOf === null ? [] : (behind.ofGroups.get(membersOf) ?? []);
    return [...new Set([...named, ...members])].map((userId) => ({
      userId,
      changed: "groups" as const,
      event,
      order,
    }));
  });
}

/** What is told has the values as they are now: of several changes of one kind, the last says it all. */
function lastOfEach(changes: readonly Change[]): Change[] {
  const last = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.userId} ${change.changed}`;
    const known = last.get(key);
    if (known === undefined || known.order <= change.order) {
      last.set(key, change);
    }
  }
  return [...last.values()];
}
