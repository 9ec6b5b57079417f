import { auditStatement, recordAudit } from "@sallyport/audit";
import { type Database, isUniqueViolation, type Sql } from "@sallyport/database";
import { sessionStatement } from "@sallyport/sessions";
import { closingStatement, type LoginRecordKey, type LoginTrace } from "../login-records/index.ts";
import { domainOf, type NormalizedIdentity } from "../normalize/index.ts";
import { type Connection, findConnection } from "./connections.ts";
import {
  applyLogin,
  changesNothing,
  isDeletedMeanwhile,
  isReplay,
  isSuspended,
  type LoginChanges,
  type LoginEffects,
  type LoginTraces,
  recordLogin,
  type UsedAssertion,
} from "./effects.ts";
import { SignInFailure } from "./failures.ts";
import { firstLogin, type LoginEvent, type Newcomer } from "./first-login.ts";
import {
  type KnownPerson,
  type KnownUser,
  type Lookup,
  type LookupKey,
  lookUp,
  type Profile,
} from "./store.ts";

const SESSION_LIFETIME_MS = 12 * 60 * 60 * 1000;
/** Each attempt either finds what the faster one stored, or misses what it deleted, or stores it itself. */
const ATTEMPTS = 3;

export interface ValidatedLogin {
  readonly connection: Connection;
  readonly identity: NormalizedIdentity;
  readonly assertion: UsedAssertion | null;
  readonly record: LoginRecordKey;
  readonly trace: LoginTrace;
  /** What the IdP answered, for the record. */
  readonly response: string;
  readonly ip: string | undefined;
}

/**
 * Signs a person in: identity → user → membership → session, with its audit events and login record, all or nothing.
 * Returns the session's id. Throws `SignInFailure` when the person must not get in; then nothing changes.
 */
export async function signIn(database: Database, login: ValidatedLogin, now: Date): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await signInOnce(database, login, now);
    } catch (error) {
      if (isReplay(error)) throw new SignInFailure("response_replayed");
      // Something has ended since it was looked up.
      if (isSuspended(error) || isDeletedMeanwhile(error)) await requireConnection(database.sql, login);
      if (isSuspended(error)) throw new SignInFailure("membership_suspended");
      if (!(isUniqueViolation(error) || isDeletedMeanwhile(error)) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function requireConnection(sql: Sql, { connection: { type, id } }: ValidatedLogin): Promise<void> {
  if ((await findConnection(sql, type, id)) === null) throw new SignInFailure("connection_unknown");
}

async function signInOnce(database: Database, login: ValidatedLogin, now: Date): Promise<string> {
  const key = lookupKey(login);
  const found = await lookUp(database.sql, key);
  const profile = profileOf(login.identity, found);
  const { identity: known } = found;
  if (known !== null) {
    const effects = effectsOf(login, found, known, profile);
    // One statement is its own transaction.
    if (changesNothing(known, effects)) return leave(database.sql, login, known, now);
    return database.transaction((sql) => change(sql, login, { ...known, events: [] }, effects, now));
  }
  return database.transaction(async (sql) => {
    const person = await firstLogin(sql, login.identity, key, profile, now);
    return change(sql, login, person, effectsOf(login, found, person, profile), now);
  });
}

/** What the login makes of the person. Throws when they must not get in. */
function effectsOf(
  { identity }: ValidatedLogin,
  found: Lookup,
  { userId, membership, inDirectory }: KnownUser,
  profile: Profile,
): LoginEffects {
  if (membership?.status !== "active") throw new SignInFailure("membership_suspended");
  return {
    userId,
    membershipId: membership.id,
    // The directory's values win over the IdP's.
    profile: inDirectory || membership.source === "directory" ? null : profile,
    roleIds: jitRoles(found, membership.source),
    rolesComplete: identity.groupsComplete,
  };
}

/** Signs somebody in about whom nothing changes. */
async function leave(sql: Sql, login: ValidatedLogin, person: KnownPerson, now: Date): Promise<string> {
  const { sessionId, traces } = tracesOf(login, person, [], now);
  await recordLogin(sql, loginOf(login, person, now), traces);
  return sessionId;
}

/** Signs somebody in about whom something changes. */
async function change(
  sql: Sql,
  login: ValidatedLogin,
  person: Newcomer,
  effects: LoginEffects,
  now: Date,
): Promise<string> {
  const { sessionId, traces } = tracesOf(login, person, person.events, now);
  const changes = await applyLogin(sql, loginOf(login, person, now), effects, traces);
  const context = auditContext(login, person.userId);
  const changed = changeEvents(changes, person.userId, effects.membershipId);
  await recordAudit(
    sql,
    changed.map((event) => ({ ...context, ...event })),
  );
  return sessionId;
}

function loginOf(
  { connection, assertion }: ValidatedLogin,
  { identityId }: { identityId: string },
  now: Date,
) {
  const { organizationId, id: connectionId } = connection;
  return { organizationId, connectionId, identityId, assertion, now };
}

/** The session, with the audit events and the login record that tell of it. */
function tracesOf(
  login: ValidatedLogin,
  { userId, identityId }: { readonly userId: string; readonly identityId: string },
  events: readonly LoginEvent[],
  now: Date,
): { readonly sessionId: string; readonly traces: LoginTraces } {
  const { identity, connection } = login;
  const session = sessionStatement({
    organizationId: connection.organizationId,
    userId,
    connectionId: connection.id,
    identityId,
    amr: identity.amr,
    acr: identity.acr ?? null,
    groups: identity.groups,
    idpSession: identity.idpSession ?? null,
    authTime: identity.authTime,
    expiresAt: expiry(identity, now),
  });
  const created: LoginEvent = {
    type: "session.created",
    resource: { type: "session", id: session.id },
    data: { connectionId: connection.id, identityId },
  };
  const context = auditContext(login, userId);
  const traces = {
    session: session.statement,
    audit: auditStatement([...events, created].map((event) => ({ ...context, ...event }))),
    record: closingStatement(login.record, {
      outcome: "success",
      sessionId: session.id,
      steps: [...login.trace.steps, signedInStep(session.id, now)],
      response: login.response,
      now,
    }),
  };
  return { sessionId: session.id, traces };
}

function lookupKey({ connection, identity }: ValidatedLogin): LookupKey {
  return {
    organizationId: connection.organizationId,
    connectionId: connection.id,
    issuer: identity.issuer,
    subject: identity.subject,
    emailDomain: identity.email === undefined ? null : domainOf(identity.email),
    groups: identity.groups,
  };
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

function changeEvents(changes: LoginChanges, userId: string, membershipId: string): LoginEvent[] {
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
