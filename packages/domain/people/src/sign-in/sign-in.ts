import { type Database, newId, type Sql } from "@sallyport/database";
import { difference, type EventDraft, recordEvents } from "@sallyport/events";
import { recordConflicts } from "../conflicts/record.ts";
import { lockPeople } from "../lock.ts";
import { refusalOf } from "../membership.ts";
import { announceSeats } from "../policy/seats.ts";
import type { Profile } from "../profile.ts";
import { bindingEvent } from "../role-binding-events.ts";
import { findOthersWith } from "./candidates.ts";
import {
  applyEffects,
  type Effects,
  type LoginStatements,
  type ProfileUpdate,
  recordLogin,
} from "./effects.ts";
import { firstLogin } from "./first-login.ts";
import { directoryKeyOf, type Login, type Lookup, lookUp } from "./look-up.ts";
import type { NearGroup } from "./near-groups.ts";
import type { Person } from "./person.ts";
import { decideProfile } from "./profile.ts";
import { SignInRefused } from "./refused.ts";
import { decideRoles } from "./roles.ts";

/** Whose login it is. */
export interface SignedIn {
  readonly userId: string;
  readonly identityId: string;
  /** What was done to know them, where the identity is new. */
  readonly events: readonly EventDraft[];
}

export interface SignInDeps {
  readonly database: Database;
  readonly now: Date;
  /** What is written in the same statement as the login: the session, its events, the login record. */
  readonly statementsOf: (person: SignedIn, nearGroups: readonly NearGroup[]) => LoginStatements;
  /** Records what the login changed of the person, in the same transaction. */
  readonly record: (sql: Sql, person: SignedIn, events: readonly EventDraft[]) => Promise<void>;
}

/**
 * Signs a person in: identity → user → membership, by the organization's rules, with all that the login changes; all or
 * nothing. Throws `SignInRefused`, an error that `isOvertaken`, `isSuspended` or `isDeletedMeanwhile` knows, and whatever
 * the further statements throw.
 */
export async function signInPerson(deps: SignInDeps, login: Login): Promise<void> {
  const { database, now } = deps;
  const found = await lookUp(database.sql, login);
  const { known } = found;
  if (known === null) {
    try {
      return await database.transaction(async (sql) => {
        const person = await firstLogin(sql, login, found, now);
        return change(deps, sql, login, found, person);
      });
    } catch (error) {
      if (error instanceof SignInRefused && error.reason === "seat_limit_reached") {
        await tellSeats(deps, login);
      }
      throw error;
    }
  }
  const refusal = refusalOf(known.membership, found.ended, found.signIn);
  if (refusal !== null || known.membership === null) {
    throw new SignInRefused(refusal ?? "membership_suspended", found.identifiers);
  }
  const person = { ...known, membership: known.membership, events: [] };
  if (!changesNothing(login, found, person)) {
    return database.transaction((sql) => change(deps, sql, login, found, person));
  }
  // One statement is its own transaction.
  return recordLogin(database.sql, loginOf(login, person, now), deps.statementsOf(person, found.nearGroups));
}

/** In a transaction of its own: that of the login was taken back. */
async function tellSeats({ database, now }: SignInDeps, { organizationId }: Login): Promise<void> {
  await database.transaction(async (sql) => {
    const actor = { type: "system" } as const;
    const events = await announceSeats(sql, organizationId, now);
    await recordEvents(
      sql,
      events.map((event) => ({ ...event, actor })),
    );
  });
}

function changesNothing(login: Login, found: Lookup, person: Person): boolean {
  const { added, removed } = decideRoles(person.membership, person.bindings, found, login.groupsComplete);
  return (
    added.length === 0 &&
    removed.length === 0 &&
    decideProfile(person, login, found, false) === null &&
    identityChange(login, found, person) === null
  );
}

/** Signs somebody in about whom something changes. */
async function change(
  deps: SignInDeps,
  sql: Sql,
  login: Login,
  found: Lookup,
  person: Person,
): Promise<void> {
  const { organizationId } = login;
  const { profile, conflicts } = await settleProfile(deps, sql, login, found, person);
  const roles = decideRoles(person.membership, person.bindings, found, login.groupsComplete);
  const added = roles.added.map((role) => ({ id: newId(), ...role }));
  const effects = {
    userId: person.userId,
    membershipId: person.membership.id,
    profile,
    added,
    removed: roles.removed,
    identity: identityChange(login, found, person),
  };
  const changed = await applyEffects(
    sql,
    loginOf(login, person, deps.now),
    effects,
    deps.statementsOf(person, found.nearGroups),
  );
  const came = new Set([...changed.added, ...changed.removed]);
  const binding = { membershipId: person.membership.id, userId: person.userId, source: "jit" } as const;
  await deps.record(sql, person, [
    ...(profile === null || !changed.profile ? [] : profileUpdated(organizationId, person, profile.profile)),
    ...added
      .filter(({ id }) => came.has(id))
      .map((role) => bindingEvent("role_binding.created", organizationId, { ...binding, ...role })),
    ...roles.removed
      .filter(({ id }) => came.has(id))
      .map((role) => bindingEvent("role_binding.deleted", organizationId, { ...binding, ...role })),
    ...conflicts,
  ]);
}

function profileUpdated(organizationId: string, person: Person, profile: Profile): EventDraft[] {
  const changes = difference(person.profile, profile);
  if (changes === null) {
    return [];
  }
  return [
    { organizationId, type: "user.updated", resource: { type: "user", id: person.userId }, ...changes },
  ];
}

/** What the login makes of the profile. An address that others have as well becomes a conflict, and is not verified. */
async function settleProfile(
  { now }: SignInDeps,
  sql: Sql,
  login: Login,
  found: Lookup,
  person: Person,
): Promise<{ readonly profile: ProfileUpdate | null; readonly conflicts: readonly EventDraft[] }> {
  // Somebody whom this login made has the profile that it asserts already, with its conflicts told.
  const profile = person.isNew ? null : decideProfile(person, login, found, false);
  if (profile === null) {
    return { profile, conflicts: [] };
  }
  // The reconciler changes users before memberships, a login the other way about.
  await lockPeople(sql, login.organizationId);
  if (login.email === null) {
    return { profile, conflicts: [] };
  }
  const others = await findOthersWith(sql, login.organizationId, login.email, person.userId);
  if (others.length === 0) {
    return { profile, conflicts: [] };
  }
  const conflicts = others.map((otherUserId) => ({
    userId: person.userId,
    otherUserId,
    claim: `address:${login.email}`,
    source: "jit" as const,
  }));
  return {
    profile: decideProfile(person, login, found, true),
    conflicts: await recordConflicts(sql, login.organizationId, conflicts, now),
  };
}

/** How many identifiers an identity keeps of earlier logins: an IdP could assert another address each time. */
const IDENTIFIERS_KEPT = 24;

function identityChange(login: Login, { identifiers }: Lookup, person: Person): Effects["identity"] {
  const directoryKey = directoryKeyOf(login);
  const known = new Set(person.identifiers);
  if (identifiers.every((identifier) => known.has(identifier)) && directoryKey === person.directoryKey) {
    return null;
  }
  const kept = [...new Set([...identifiers, ...person.identifiers])].slice(0, IDENTIFIERS_KEPT);
  return { identifiers: kept, directoryKey };
}

function loginOf({ organizationId }: Login, { identityId }: Person, now: Date) {
  return { organizationId, identityId, now };
}
