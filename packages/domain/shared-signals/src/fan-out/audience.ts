import type { Sql } from "@sallyport/database";
import type { Person, SubjectFormat } from "../subjects.ts";

/** A stream that is to be told of something, and of whom. */
export interface Listener {
  /** Which of those that were asked about. */
  readonly index: number;
  readonly streamId: string;
  readonly subjectFormat: SubjectFormat;
  readonly person: Person;
}

interface Row {
  readonly index: string;
  readonly stream_id: string;
  readonly subject_format: SubjectFormat;
  readonly user_id: string;
  readonly organization_id: string;
  readonly email: string | null;
}

const LISTENER = "asked.index, t.id AS stream_id, t.subject_format";

/** The stream `t` of an application hears of the person `u`; $3 is the type of the event. */
const HEARS = `
  t.status <> 'disabled' AND $3 = ANY(t.events_requested) AND t.created_at <= asked.at
  AND NOT EXISTS (
    SELECT FROM signal_stream_exclusions x
    WHERE x.stream_id = t.id AND x.subject IN ('sub:' || u.id, 'email:' || u.email, 'tenant:' || u.organization_id))`;

/** A session that ended, as its event tells of it. */
export interface EndedSession {
  readonly id: string;
  readonly at: Date;
  readonly userId: string;
  readonly organizationId: string | null;
}

/**
 * Whom the ends of sessions are told: the applications that were given tokens of them. Where a session went with its user or
 * its organization, the log of ends still names these, and its event the person; an address is no longer known.
 */
export async function listenersOfSessions(
  sql: Sql,
  type: string,
  sessions: readonly EndedSession[],
): Promise<Listener[]> {
  const { rows } = await sql.query<Row>(
    `SELECT ${LISTENER}, u.id AS user_id, u.organization_id, u.email
     FROM unnest($1::uuid[], $2::timestamptz[], $4::uuid[], $5::uuid[]) WITH ORDINALITY
       AS asked (id, at, user_id, organization_id, index)
     CROSS JOIN LATERAL (
       SELECT asked.user_id AS id, asked.organization_id,
              (SELECT email FROM users WHERE users.id = asked.user_id) AS email) u
     CROSS JOIN LATERAL (
       SELECT application_id FROM session_applications WHERE session_id = asked.id
       UNION
       SELECT application_id FROM session_revocations WHERE session_id = asked.id) held
     JOIN signal_streams t ON t.application_id = held.application_id
     WHERE ${HEARS} ORDER BY asked.index`,
    [
      sessions.map(({ id }) => id),
      sessions.map(({ at }) => at),
      type,
      sessions.map(({ userId }) => userId),
      sessions.map(({ organizationId }) => organizationId),
    ],
    "signals_session_listeners",
  );
  return rows.map(listenerOf);
}

/**
 * Whom changes of people are told: the applications that have tokens of sessions of theirs that have not ended, or that
 * ended by the change itself.
 */
export async function listenersOfPeople(
  sql: Sql,
  type: string,
  people: readonly { readonly userId: string; readonly at: Date }[],
  { now, endedSessions = [] }: { readonly now: Date; readonly endedSessions?: readonly string[] },
): Promise<Listener[]> {
  const { rows } = await sql.query<Row>(
    `SELECT ${LISTENER}, u.id AS user_id, u.organization_id, u.email
     FROM unnest($1::uuid[], $2::timestamptz[]) WITH ORDINALITY AS asked (id, at, index)
     JOIN users u ON u.id = asked.id
     CROSS JOIN LATERAL (
       SELECT DISTINCT sa.application_id FROM sessions s JOIN session_applications sa ON sa.session_id = s.id
       WHERE s.user_id = u.id AND (s.revoked_at IS NULL AND s.expires_at > $4 OR s.id = ANY($5::uuid[]))) held
     JOIN signal_streams t ON t.application_id = held.application_id
     WHERE ${HEARS} ORDER BY asked.index`,
    [people.map(({ userId }) => userId), people.map(({ at }) => at), type, now, endedSessions],
    "signals_people_listeners",
  );
  return rows.map(listenerOf);
}

/** Who these directory users are, and the members of these groups. */
export async function usersBehind(
  sql: Sql,
  directoryUserIds: readonly string[],
  groupIds: readonly string[],
): Promise<{ readonly ofDirectoryUsers: Map<string, string>; readonly ofGroups: Map<string, string[]> }> {
  const { rows } = await sql.query<{ directory_user_id: string; group_id: string | null; user_id: string }>(
    `SELECT l.directory_user_id, NULL::uuid AS group_id, l.user_id FROM directory_user_links l
     WHERE l.directory_user_id = ANY($1::uuid[])
     UNION ALL
     SELECT l.directory_user_id, gm.group_id, l.user_id FROM directory_group_members gm
     JOIN directory_user_links l ON l.directory_user_id = gm.user_id WHERE gm.group_id = ANY($2::uuid[])`,
    [directoryUserIds, groupIds],
    "signals_users_behind",
  );
  const ofDirectoryUsers = new Map<string, string>();
  const ofGroups = new Map<string, string[]>();
  for (const { directory_user_id, group_id, user_id } of rows) {
    if (group_id === null) {
      ofDirectoryUsers.set(directory_user_id, user_id);
    } else {
      ofGroups.set(group_id, [...(ofGroups.get(group_id) ?? []), user_id]);
    }
  }
  return { ofDirectoryUsers, ofGroups };
}

function listenerOf(row: Row): Listener {
  return {
    index: Number(row.index) - 1,
    streamId: row.stream_id,
    subjectFormat: row.subject_format,
    person: { userId: row.user_id, organizationId: row.organization_id, email: row.email },
  };
}
