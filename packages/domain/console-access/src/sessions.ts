import { createHmac } from "node:crypto";
import { newId, type Sql } from "@sallyport/database";
import { type Origin, recordEvents } from "@sallyport/events";
import { digestToken, isTokenOf, newToken } from "@sallyport/secrets";
import { findLiveSession, type LiveSession } from "@sallyport/sessions";
import type { ConsoleRole } from "./roles.ts";

const HOUR_MS = 3_600_000;
/** How long a session of the console may live, and how long unused. */
const LIFETIME_MS = { person: 12 * HOUR_MS, rootKey: HOUR_MS };
const IDLE_MS = HOUR_MS;
const USE_RECORDED_EVERY_MS = 60_000;
const TOKEN = "console";

/** Somebody who is signed in, and has a role. */
export interface ConsolePerson {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly role: ConsoleRole;
  readonly organization: { readonly id: string; readonly slug: string; readonly name: string };
  /** The sign-in that the console's session rests on. */
  readonly sessionId: string;
}

export interface ConsoleSession {
  readonly id: string;
  readonly expiresAt: Date;
  /** Null: whoever has the root key. */
  readonly person: ConsolePerson | null;
}

/** By what somebody comes to the console: a sign-in that led to a code for it, or the root key. */
export type NewConsoleSession =
  | { readonly session: LiveSession; readonly role: ConsoleRole; readonly grantReference: string }
  | { readonly rootKeyDigest: Uint8Array };

/** Resolves to the session's token, of which nothing but the digest is stored. */
export async function createConsoleSession(
  sql: Sql,
  by: NewConsoleSession,
  { now, ...origin }: { readonly now: Date } & Omit<Origin, "actor">,
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const token = newToken(TOKEN);
  const id = newId();
  const person = "rootKeyDigest" in by ? null : by;
  const expiresAt = new Date(now.getTime() + LIFETIME_MS[person === null ? "rootKey" : "person"]);
  await sql.query(
    `INSERT INTO console_sessions (id, digest, organization_id, session_id, grant_reference, created_at, last_used_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
    [
      id,
      "rootKeyDigest" in by ? rootKeySessionDigest(token, by.rootKeyDigest) : digestToken(token),
      person?.session.organizationId ?? null,
      person?.session.id ?? null,
      person?.grantReference ?? null,
      now,
      expiresAt,
    ],
  );
  await recordEvents(sql, [
    {
      ...origin,
      actor: person === null ? { type: "operator" } : { type: "user", id: person.session.userId },
      organizationId: person?.session.organizationId ?? null,
      type: "console_session.created",
      resource: { type: "consoleSession", id },
      after: { userId: person?.session.userId ?? null, role: person?.role ?? "operator" },
    },
  ]);
  return { token, expiresAt };
}

/**
 * What a session of the root key is found by: of its token and of the key together, so that it ends with the key, and the
 * table says nothing of the key itself.
 */
function rootKeySessionDigest(token: string, rootKeyDigest: Uint8Array): Buffer {
  return createHmac("sha256", rootKeyDigest).update(token).digest();
}

interface Row {
  readonly id: string;
  readonly session_id: string | null;
  readonly grant_reference: string | null;
  readonly last_used_at: Date;
  readonly expires_at: Date;
}

/**
 * The session of a token. Null where there is none, it has ended or was idle for too long, it was opened with a root key that
 * is not the gateway's any more, or the sign-in that it rests on does not hold any more, by the one rule that every token
 * follows (`findLiveSession`), or the person has no role.
 */
export async function findConsoleSession(
  sql: Sql,
  token: string,
  { now, rootKeyDigest }: { readonly now: Date; readonly rootKeyDigest: Uint8Array },
): Promise<ConsoleSession | null> {
  if (!isTokenOf(TOKEN, token)) {
    return null;
  }
  const { rows } = await sql.query<Row>(
    `SELECT id, session_id, grant_reference, last_used_at, expires_at FROM console_sessions
     WHERE digest IN ($1, $2) AND (digest = $1) = (session_id IS NOT NULL)
       AND expires_at > $3 AND last_used_at > $4`,
    [digestToken(token), rootKeySessionDigest(token, rootKeyDigest), now, new Date(now.getTime() - IDLE_MS)],
    "console_session_find",
  );
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  const found = row.session_id === null ? null : await findPerson(sql, row.session_id, row, now);
  if (row.session_id !== null && found === null) {
    return null;
  }
  if (row.last_used_at.getTime() <= now.getTime() - USE_RECORDED_EVERY_MS) {
    await sql.query("UPDATE console_sessions SET last_used_at = $2 WHERE id = $1", [row.id, now]);
  }
  const ends = Math.min(row.expires_at.getTime(), found?.endsAt.getTime() ?? Number.POSITIVE_INFINITY);
  return { id: row.id, expiresAt: new Date(ends), person: found?.person ?? null };
}

async function findPerson(
  sql: Sql,
  sessionId: string,
  { grant_reference }: Row,
  now: Date,
): Promise<{ readonly person: ConsolePerson; readonly endsAt: Date } | null> {
  const session = await findLiveSession(
    sql,
    sessionId,
    now,
    grant_reference === null ? [] : [grant_reference],
  );
  const given = session && (await findConsoleRole(sql, session));
  if (session === null || given === null) {
    return null;
  }
  return {
    person: {
      id: session.userId,
      name: session.user.name,
      email: session.user.email,
      role: given.role,
      organization: {
        id: session.organizationId,
        slug: session.organizationSlug,
        name: given.organizationName,
      },
      sessionId,
    },
    endsAt: session.expiresAt,
  };
}

/**
 * The role of somebody who is signed in; null where they have none. That of an operator counts in the operators' organization
 * alone, and no other there, whatever the row says.
 */
export async function findConsoleRole(
  sql: Sql,
  { userId, organizationId }: Pick<LiveSession, "userId" | "organizationId">,
): Promise<{ readonly role: ConsoleRole; readonly organizationName: string } | null> {
  const { rows } = await sql.query<{ role: ConsoleRole; name: string }>(
    `SELECT r.role, o.name FROM memberships m
     JOIN console_roles r ON r.membership_id = m.id AND r.organization_id = m.organization_id
     JOIN organizations o ON o.id = m.organization_id
     WHERE m.user_id = $1 AND m.organization_id = $2 AND (r.role = 'operator') = o.for_operators`,
    [userId, organizationId],
    "console_role_find",
  );
  const [row] = rows;
  return row === undefined ? null : { role: row.role, organizationName: row.name };
}

/** Resolves to false where it had ended already. */
export async function endConsoleSession(
  sql: Sql,
  { id, person }: Pick<ConsoleSession, "id" | "person">,
  reason: "signed_out" | "replaced",
  origin: Omit<Origin, "actor">,
): Promise<boolean> {
  const { rowCount } = await sql.query("DELETE FROM console_sessions WHERE id = $1", [id]);
  if (rowCount !== 1) {
    return false;
  }
  await recordEvents(sql, [
    {
      ...origin,
      actor: person === null ? { type: "operator" } : { type: "user", id: person.id },
      organizationId: person?.organization.id ?? null,
      type: "console_session.ended",
      resource: { type: "consoleSession", id },
      data: { userId: person?.id ?? null, reason },
    },
  ]);
  return true;
}
