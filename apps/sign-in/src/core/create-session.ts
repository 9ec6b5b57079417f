import { connectionExists, isReplay, type StoredConnection } from "@sallyport/connections";
import type { Database, Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { sealContext } from "@sallyport/encryption-keys";
import { type Event, eventsStatement, recordEvents } from "@sallyport/events";
import { closingStatement, type LoginRecordKey, type LoginTrace } from "@sallyport/login-records";
import {
  isDeletedMeanwhile,
  isOvertaken,
  isSuspended,
  type Login,
  type NearGroup,
  OrganizationMissing,
  type SignedIn,
  SignInRefused,
  signInPerson,
} from "@sallyport/people";
import type { SecretBox } from "@sallyport/secrets";
import { sessionStatement } from "@sallyport/sessions";
import type { NormalizedIdentity } from "../identity/index.ts";
import { SignInFailure } from "./failures.ts";
import { assertionStatements, type UsedAssertion } from "./used-assertions.ts";

const SESSION_LIFETIME_MS = 12 * 60 * 60 * 1000;
/** Each attempt either finds what the faster one stored, or misses what it deleted, or stores it itself. */
const ATTEMPTS = 3;

export interface NewSession {
  readonly connection: StoredConnection;
  readonly identity: NormalizedIdentity;
  readonly assertion: UsedAssertion | null;
  readonly record: LoginRecordKey;
  readonly trace: LoginTrace;
  /** The IdP's response, for the record; undefined where the record has it. */
  readonly response: string | undefined;
  readonly ip: string | undefined;
  readonly secrets: SecretBox;
}

/**
 * Signs a person in: identity → user → membership → session, with its events and login record, all or nothing.
 * Returns the session's id. Throws `SignInFailure` when the person must not get in; then nothing changes.
 */
export async function createSession(database: Database, login: NewSession, now: Date): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryOnce(database, login, now);
    } catch (error) {
      if (isReplay(error)) {
        throw new SignInFailure("response_replayed");
      }
      if (error instanceof SignInRefused) {
        throw refusal(error);
      }
      // Something has ended since it was looked up.
      if (isSuspended(error) || isDeletedMeanwhile(error) || error instanceof OrganizationMissing) {
        await requireConnection(database.sql, login);
      }
      if (isSuspended(error)) {
        throw new SignInFailure("membership_suspended");
      }
      if (!(isOvertaken(error) || isDeletedMeanwhile(error)) || attempt === ATTEMPTS) {
        throw error;
      }
    }
  }
}

async function requireConnection(sql: Sql, { connection }: NewSession): Promise<void> {
  if (!(await connectionExists(sql, connection.id))) {
    throw new SignInFailure("connection_unknown");
  }
}

/** The login record names what was compared; the page does not. */
function refusal({ reason, compared }: SignInRefused): SignInFailure {
  return new SignInFailure(reason, { detail: `compared: ${compared.join(", ")}` });
}

async function tryOnce(database: Database, login: NewSession, now: Date): Promise<string> {
  let sessionId = "";
  await signInPerson(
    {
      database,
      now,
      statementsOf: (person, nearGroups) => {
        const { id, statements } = statementsOf(login, person, nearGroups, now);
        sessionId = id;
        return statements;
      },
      record: (sql, { userId }, events) => {
        const origin = originOf(login, userId);
        return recordEvents(
          sql,
          events.map((event) => ({ ...event, ...origin })),
        );
      },
    },
    loginOf(login),
  );
  return sessionId;
}

/** The session, with the events and the login record that tell of it. */
function statementsOf(
  login: NewSession,
  { userId, identityId, events }: SignedIn,
  nearGroups: readonly NearGroup[],
  now: Date,
) {
  const { identity, connection } = login;
  const { organizationId, id: connectionId } = connection;
  const { id, statement: session } = sessionStatement({
    organizationId,
    userId,
    connectionId,
    identityId,
    amr: identity.amr,
    acr: identity.acr ?? null,
    groups: identity.groups,
    ...idpSessionOf(login),
    authTime: identity.authTime,
    expiresAt: expiry(identity, now),
  });
  const origin = originOf(login, userId);
  const created: Event = {
    organizationId,
    type: "session.created",
    resource: { type: "session", id },
    after: { userId, connectionId, identityId },
    ...origin,
  };
  return {
    id,
    statements: {
      session,
      events: eventsStatement([...events.map((event) => ({ ...event, ...origin })), created]),
      record: closingStatement(login.record, {
        outcome: "success",
        sessionId: id,
        steps: [
          ...login.trace.steps,
          {
            name: "signed_in",
            at: now.toISOString(),
            detail: {
              sessionId: id,
              ...(nearGroups.length === 0 ? {} : { warnings: [nearlyMapped(nearGroups)] }),
            },
          },
        ],
        response: login.response,
        now,
      }),
      ...assertionStatements(connection, login.assertion, now),
    },
  };
}

const MOST_NEAR_GROUPS_TOLD = 10;

function nearlyMapped(nearGroups: readonly NearGroup[]) {
  return {
    code: "group_nearly_mapped",
    message:
      "The IdP sent a group whose name is nearly that of a group mapping, but not the same: it gives no role.",
    fix: "If it is the same group, name it in the group mapping just as the IdP sends it: spaces, slashes and hyphens count.",
    groups: nearGroups.slice(0, MOST_NEAR_GROUPS_TOLD),
  };
}

/** What a logout names again. An ID token is kept sealed, for whoever has it may pass for somebody whom the IdP knows. */
function idpSessionOf({ identity, secrets }: NewSession) {
  if (identity.idpSession === undefined || !("idToken" in identity.idpSession)) {
    return { idpSession: identity.idpSession ?? null };
  }
  const { idToken = "", ...idpSession } = identity.idpSession;
  return {
    idpSession,
    sealIdToken: (id: string) => secrets.seal(idToken, sealContext("sessions.idp_session.idToken", id)),
  };
}

function loginOf({ connection, identity }: NewSession): Login {
  return {
    organizationId: connection.organizationId,
    connectionId: connection.id,
    issuer: identity.issuer,
    subject: identity.subject,
    email: identity.email ?? null,
    emailVerified: identity.emailVerified,
    name: identity.name ?? null,
    givenName: identity.givenName ?? null,
    familyName: identity.familyName ?? null,
    username: identity.username ?? null,
    directoryKey: identity.directoryKey ?? null,
    groups: identity.groups,
    groupsComplete: identity.groupsComplete,
  };
}

function expiry(identity: NormalizedIdentity, now: Date): Date {
  const ours = now.getTime() + SESSION_LIFETIME_MS;
  return new Date(Math.min(ours, identity.sessionEnd?.getTime() ?? ours));
}

/** Whose act a login is. */
function originOf({ record, ip }: NewSession, userId: string) {
  return {
    actor: { type: "user", id: userId } as const,
    requestId: record.requestId,
    ...defined({ ip }),
  };
}
