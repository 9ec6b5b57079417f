import {
  asMembersOfWith,
  checked,
  isUniqueViolation,
  newId,
  type Sql,
  type Statement,
} from "@sallyport/database";
import type { KnownPerson, Profile } from "./store.ts";

/** What a login writes. Each of the two ways is one statement, so that all of it happens or nothing. */

/** A SAML assertion that a login rests on: it must not have been used before. */
export interface UsedAssertion {
  readonly id: string;
  readonly replayableUntil: Date;
  /** Of the certificate that verified it. */
  readonly certificateFingerprint: string;
}

/** Whose login it is, and when. */
export interface LoginOf {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly identityId: string;
  readonly assertion: UsedAssertion | null;
  readonly now: Date;
}

/** What is stored with every login; those for sessions, audit events and login records have homes of their own. */
export interface LoginTraces {
  /** Returns a row when the session was made. */
  readonly session: Statement;
  readonly audit: Statement;
  readonly record: Statement;
}

/** What a login makes of its person. */
export interface LoginEffects {
  readonly userId: string;
  readonly membershipId: string;
  /** Null leaves the profile as it is. Fields that are null are kept. */
  readonly profile: Profile | null;
  /** The just-in-time roles that this login gives. */
  readonly roleIds: readonly string[];
  /** Whether they are all that there are from now on: those that earlier logins gave are taken away. */
  readonly rolesComplete: boolean;
}

/** Whether a login would leave the person exactly as they are, as nearly all do. */
export function changesNothing(person: KnownPerson, effects: LoginEffects): boolean {
  const { profile, roleIds, rolesComplete } = effects;
  const has = new Set(person.jitRoleIds);
  const wanted = new Set(roleIds);
  return (
    (profile === null || isKept(person.profile, profile)) &&
    roleIds.every((id) => has.has(id)) &&
    (!rolesComplete || person.jitRoleIds.every((id) => wanted.has(id)))
  );
}

function isKept(present: Profile, asserted: Profile): boolean {
  const names = ["email", "name", "givenName", "familyName", "username"] as const;
  return (
    names.every((name) => asserted[name] === null || asserted[name] === present[name]) &&
    (asserted.email === null || asserted.emailVerified === present.emailVerified)
  );
}

// Of two uses of an assertion the second waits for the first's commit, and fails with it (see isReplay).
const USED = `
  used AS (
    INSERT INTO used_assertions (connection_id, assertion_id, expires_at)
    SELECT $3::uuid, $5::text, $6::timestamptz WHERE $5::text IS NOT NULL)`;

const SEEN = `
  seen AS (UPDATE identities SET last_login_at = $4 WHERE id = $2 AND organization_id = $1)`;

/**
 * That the certificate verified a login is noted once a day, by one login that waits for nobody: of many at once the
 * first to get the lock; and none while the connection is being deleted, which waits for logins in its turn.
 */
const PROVEN = `
  proven AS (
    INSERT INTO certificate_uses (connection_id, fingerprint, organization_id, last_validated_at)
    SELECT c.id, $7::text, c.organization_id, $4
    FROM connections c
    WHERE $7::text IS NOT NULL AND c.id = $3 AND ${checked("c.organization_id = $1")}
      AND NOT EXISTS (SELECT 1 FROM certificate_uses
                      WHERE connection_id = $3 AND fingerprint = $7 AND ${checked("organization_id = $1")}
                        AND last_validated_at > $4 - interval '1 day')
      AND pg_try_advisory_xact_lock(hashtextextended('certificate:' || $3::text || $7::text, 0))
    FOR KEY SHARE OF c SKIP LOCKED
    ON CONFLICT (connection_id, fingerprint) DO UPDATE SET last_validated_at = excluded.last_validated_at)`;

// No session: the membership is not active any more, and a division by zero takes everything back (see isSuspended).
const CHECKED = "1 / (SELECT count(*) FROM session) AS sessions";

const loginValues = (login: LoginOf) => [
  login.organizationId,
  login.identityId,
  login.connectionId,
  login.now,
  login.assertion?.id ?? null,
  login.assertion?.replayableUntil ?? null,
  login.assertion?.certificateFingerprint ?? null,
];
const LOGIN_PARAMETERS = 7;

/** Writes what a login leaves that changes nothing about its person. */
export async function recordLogin(sql: Sql, login: LoginOf, traces: LoginTraces): Promise<void> {
  const left = asMembersOfWith({ ...traces }, LOGIN_PARAMETERS);
  await sql.query(
    `WITH ${left.text}, ${USED}, ${SEEN}, ${PROVEN} SELECT ${CHECKED}`,
    [...loginValues(login), ...left.values],
    "sign_in_record",
  );
}

export interface LoginChanges {
  readonly profileChanged: boolean;
  /** Ids of the roles that came and went. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const APPLY_PARAMETERS = LOGIN_PARAMETERS + 12;

/** Writes all that a login changes and leaves behind. */
export async function applyLogin(
  sql: Sql,
  login: LoginOf,
  effects: LoginEffects,
  traces: LoginTraces,
): Promise<LoginChanges> {
  const { profile } = effects;
  const left = asMembersOfWith({ ...traces }, APPLY_PARAMETERS);
  const { rows } = await sql.query<{ profile_changed: boolean; added: string[]; removed: string[] }>(
    `WITH ${left.text}, ${USED}, ${SEEN}, ${PROVEN}, profile AS (
       UPDATE users SET
         email = coalesce($11, email), email_verified = CASE WHEN $11::text IS NULL THEN email_verified ELSE $12 END,
         name = coalesce($13, name), given_name = coalesce($14, given_name),
         family_name = coalesce($15, family_name), username = coalesce($16, username), updated_at = $4
       WHERE $10::boolean AND id = $8 AND ${checked("organization_id = $1")}
         AND (email, email_verified, name, given_name, family_name, username) IS DISTINCT FROM
             (coalesce($11, email), CASE WHEN $11::text IS NULL THEN email_verified ELSE $12 END, coalesce($13, name),
              coalesce($14, given_name), coalesce($15, family_name), coalesce($16, username))
       RETURNING 1
     ), removed AS (
       DELETE FROM role_bindings
       WHERE $19::boolean AND membership_id = $9 AND organization_id = $1 AND source = 'jit'
         AND role_id <> ALL ($17::uuid[])
       RETURNING role_id
     ), added AS (
       INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source, created_at)
       SELECT wanted.id, $1, wanted.role_id, $9, 'jit', $4
       FROM unnest($18::uuid[], $17::uuid[]) AS wanted (id, role_id)
       ON CONFLICT (membership_id, role_id, source) DO NOTHING
       RETURNING role_id
     )
     SELECT ${CHECKED}, EXISTS (SELECT 1 FROM profile) AS profile_changed,
            ARRAY(SELECT role_id FROM added) AS added, ARRAY(SELECT role_id FROM removed) AS removed`,
    [
      ...loginValues(login),
      effects.userId,
      effects.membershipId,
      profile !== null,
      profile?.email ?? null,
      profile?.emailVerified ?? false,
      profile?.name ?? null,
      profile?.givenName ?? null,
      profile?.familyName ?? null,
      profile?.username ?? null,
      effects.roleIds,
      effects.roleIds.map(() => newId()),
      effects.rolesComplete,
      ...left.values,
    ],
    "sign_in_apply",
  );
  const [row] = rows;
  if (row === undefined) throw new Error("The effects of a login gave no row");
  return { profileChanged: row.profile_changed, added: row.added, removed: row.removed };
}

/** Whether a statement failed because the assertion was used before. */
export function isReplay(error: unknown): boolean {
  return isUniqueViolation(error, "used_assertions_pkey");
}

const DIVISION_BY_ZERO = "22012";
const FOREIGN_KEY_VIOLATION = "23503";

/** Whether a statement failed because the membership is not active any more. */
export function isSuspended(error: unknown): boolean {
  return hasCode(error, DIVISION_BY_ZERO);
}

/** Whether a statement failed because something that the login rests on was deleted: its connection, a role. */
export function isDeletedMeanwhile(error: unknown): boolean {
  return hasCode(error, FOREIGN_KEY_VIOLATION);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
