import { type AuditEvent, auditStatement, recordAudit } from "@sallyport/audit";
import { type Database, isUniqueViolation, lockPeople, type Sql } from "@sallyport/database";
import { sessionStatement } from "@sallyport/sessions";
import { closingStatement, type LoginRecordKey, type LoginTrace } from "../login-records/index.ts";
import { domainOf, type NormalizedIdentity } from "../normalize/index.ts";
import type { Connection } from "./connections.ts";
import { SignInFailure } from "./failures.ts";
import { decideFirstLogin } from "./link.ts";
import {
  applyLogin,
  createIdentity,
  createUser,
  findNamesakes,
  type KnownUser,
  type LoginChanges,
  type Lookup,
  type LookupKey,
  lookUp,
  type Profile,
} from "./store.ts";

const SESSION_LIFETIME_MS = 12 * 60 * 60 * 1000;
/** Each attempt either finds what the faster one stored, or stores it itself. */
const ATTEMPTS = 3;

export interface ValidatedLogin {
  readonly connection: Connection;
  readonly identity: NormalizedIdentity;
  /** A SAML assertion's id; used once. */
  readonly assertion: { readonly id: string; readonly replayableUntil: Date } | null;
  readonly record: LoginRecordKey;
  readonly trace: LoginTrace;
  /** What the IdP answered, for the record. */
  readonly response: string;
  readonly ip: string | undefined;
}

/**
 * Signs a person in: identity → user → membership → session, with its audit events and login record, in one
 * transaction. Returns the session's id. Throws `SignInFailure` when the person must not get in; then nothing changes.
 */
export async function signIn(database: Database, login: ValidatedLogin, now: Date): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction((sql) => signInOnce(sql, login, now));
    } catch (error) {
      if (!isUniqueViolation(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function signInOnce(sql: Sql, login: ValidatedLogin, now: Date): Promise<string> {
  const { identity, connection } = login;
  const { organizationId } = connection;
  const key = lookupKey(login);
  const found = await lookUp(sql, key);
  if (found.replayed) throw new SignInFailure("response_replayed");

  const profile = profileOf(identity, found);
  const person =
    found.identity === null
      ? await firstLogin(sql, login, key, profile, now)
      : { ...found.identity, events: [] };
  const { membership } = person;
  if (membership?.status !== "active") throw new SignInFailure("membership_suspended");

  const context = auditContext(login, person.userId);
  const session = sessionStatement({
    organizationId,
    userId: person.userId,
    connectionId: connection.id,
    identityId: person.identityId,
    amr: identity.amr,
    acr: identity.acr ?? null,
    groups: identity.groups,
    idpSession: identity.idpSession ?? null,
    authTime: identity.authTime,
    expiresAt: expiry(identity, now),
  });
  const created: Event = {
    type: "session.created",
    resource: { type: "session", id: session.id },
    data: { connectionId: connection.id, identityId: person.identityId },
  };
  const changes = await applyLogin(
    sql,
    {
      organizationId,
      identityId: person.identityId,
      userId: person.userId,
      membershipId: membership.id,
      // The directory's values win over the IdP's.
      profile: person.inDirectory || membership.source === "directory" ? null : profile,
      roleIds: jitRoles(found, membership.source),
      rolesComplete: identity.groupsComplete,
      now,
    },
    {
      session: session.statement,
      audit: auditStatement([...person.events, created].map((event) => ({ ...context, ...event }))),
      record: closingStatement(login.record, {
        outcome: "success",
        sessionId: session.id,
        steps: [...login.trace.steps, signedInStep(session.id, now)],
        response: login.response,
        now,
      }),
    },
  );
  // Suspended between the look-up and here.
  if (!changes.sessionCreated) throw new SignInFailure("membership_suspended");
  const changed = changeEvents(changes, person.userId, membership.id);
  await recordAudit(
    sql,
    changed.map((event) => ({ ...context, ...event })),
  );
  return session.id;
}

function lookupKey({ connection, identity, assertion }: ValidatedLogin): LookupKey {
  return {
    organizationId: connection.organizationId,
    connectionId: connection.id,
    issuer: identity.issuer,
    subject: identity.subject,
    emailDomain: identity.email === undefined ? null : domainOf(identity.email),
    groups: identity.groups,
    assertion,
  };
}

type Event = Pick<AuditEvent, "type" | "resource" | "data">;
type Person = KnownUser & { readonly identityId: string; readonly events: readonly Event[] };

/** The identity is new: find its user by a verified email, or make one. */
async function firstLogin(
  sql: Sql,
  { identity }: ValidatedLogin,
  key: LookupKey,
  profile: Profile,
  now: Date,
): Promise<Person> {
  const { organizationId } = key;
  const { email } = identity;
  let user: KnownUser | null = null;
  if (email !== undefined) {
    await lockPeople(sql, organizationId);
    const decision = decideFirstLogin(await findNamesakes(sql, organizationId, email), profile.emailVerified);
    if (decision.action === "refuse") throw new SignInFailure("membership_suspended");
    if (decision.action === "link") user = decision.user;
  }
  const events: Event[] = [];
  if (user === null) {
    const created = await createUser(sql, organizationId, profile, now);
    events.push(
      { type: "user.created", resource: { type: "user", id: created.userId }, data: { source: "jit" } },
      {
        type: "membership.created",
        resource: { type: "membership", id: created.membershipId },
        data: { userId: created.userId, source: "jit" },
      },
    );
    user = {
      userId: created.userId,
      membership: { id: created.membershipId, status: "active", source: "jit" },
      inDirectory: false,
    };
  }
  const identityId = await createIdentity(sql, key, user.userId, now);
  events.push({
    type: "identity.linked",
    resource: { type: "identity", id: identityId },
    data: {
      userId: user.userId,
      connectionId: key.connectionId,
      by: events.length > 0 ? "creation" : "email",
    },
  });
  return { ...user, identityId, events };
}

function profileOf(identity: NormalizedIdentity, found: Lookup): Profile {
  return {
    email: identity.email ?? null,
    emailVerified: found.domainVerified && identity.emailVerified !== false,
    name: identity.name ?? null,
    givenName: identity.givenName ?? null,
    familyName: identity.familyName ?? null,
    username: identity.username ?? null,
  };
}

/** Every membership has the role `member` from its own source; asserted groups add to it just in time. */
function jitRoles(found: Lookup, source: "directory" | "jit" | "manual"): string[] {
  const roles = new Set(found.mappedRoleIds);
  if (source === "jit" && found.memberRoleId !== null) roles.add(found.memberRoleId);
  return [...roles];
}

function expiry(identity: NormalizedIdentity, now: Date): Date {
  const ours = now.getTime() + SESSION_LIFETIME_MS;
  return new Date(Math.min(ours, identity.sessionEnd?.getTime() ?? ours));
}

function auditContext(login: ValidatedLogin, userId: string) {
  return {
    organizationId: login.connection.organizationId,
    actor: { type: "user", id: userId } as const,
    requestId: login.record.requestId,
    ...(login.ip === undefined ? {} : { ip: login.ip }),
  };
}

function changeEvents(changes: LoginChanges, userId: string, membershipId: string): Event[] {
  const roleEvent = (type: string) => (roleId: string) => ({
    type,
    resource: { type: "membership", id: membershipId },
    data: { roleId, source: "jit" },
  });
  return [
    ...(changes.profileChanged ? [{ type: "user.updated", resource: { type: "user", id: userId } }] : []),
    ...changes.added.map(roleEvent("role_binding.created")),
    ...changes.removed.map(roleEvent("role_binding.deleted")),
  ];
}

function signedInStep(sessionId: string, now: Date) {
  return { name: "signed_in", at: now.toISOString(), detail: { sessionId } } as const;
}
