import { asMembersOfWith, isUniqueViolation, type Sql, type Statement } from "@sallyport/database";
import type { Identifier } from "../identifiers.ts";
import type { Profile } from "../profile.ts";
import type { MappedRole, SignInBinding } from "./look-up.ts";

/** What a login writes. Each of the two ways is one statement, so that all of it happens or nothing. */

/** Statements that run with those of a login, by name. `session` returns a row when it was made. */
export type LoginStatements = Readonly<Record<string, Statement>> & { readonly session: Statement };

/** Whose login it is. */
export interface LoginKey {
  readonly organizationId: string;
  readonly identityId: string;
  readonly now: Date;
}

/** What a login changes of its person. */
export interface Effects {
  readonly userId: string;
  readonly membershipId: string;
  /** Null leaves the profile as it is. */
  readonly profile: ProfileUpdate | null;
  readonly added: readonly (MappedRole & { readonly id: string })[];
  readonly removed: readonly SignInBinding[];
  /** What the identity says from now on. Null leaves it. */
  readonly identity: {
    readonly identifiers: readonly Identifier[];
    readonly directoryKey: string | null;
  } | null;
}

export interface ProfileUpdate {
  readonly profile: Profile;
  /** How the user holds the address. Null: it is merely asserted. */
  readonly emailProof: "administrator" | "sign_in" | null;
}

const MEMBERSHIP_NOT_ACTIVE = "SP001";

// No session was made: the membership is not active any more, and the error takes everything back. A login that
// succeeds never calls the function (migration raise_error).
const CHECKED = `CASE WHEN EXISTS (SELECT 1 FROM session) THEN 1
  ELSE raise_error('${MEMBERSHIP_NOT_ACTIVE}', 'The membership is not active.') END AS sessions`;

const LOGIN_PARAMETERS = 3;
const loginValues = ({ organizationId, identityId, now }: LoginKey) => [organizationId, identityId, now];

/** Writes what a login leaves that changes nothing about its person. */
export async function recordLogin(sql: Sql, login: LoginKey, statements: LoginStatements): Promise<void> {
  const left = asMembersOfWith(statements, LOGIN_PARAMETERS);
  await sql.query(
    `WITH ${left.text},
     seen AS (UPDATE identities SET last_login_at = $3 WHERE id = $2 AND organization_id = $1)
     SELECT ${CHECKED}`,
    [...loginValues(login), ...left.values],
    "sign_in_record",
  );
}

/** The result: another login of the same person may have been faster. */
export interface AppliedChanges {
  readonly profile: boolean;
  /** Ids of the bindings that came and went. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const EFFECT_PARAMETERS = LOGIN_PARAMETERS + 17;

/** Writes all that a login changes and leaves behind. */
export async function applyEffects(
  sql: Sql,
  login: LoginKey,
  effects: Effects,
  statements: LoginStatements,
): Promise<AppliedChanges> {
  const { profile: update, added, removed, identity } = effects;
  const profile = update?.profile;
  const left = asMembersOfWith(statements, EFFECT_PARAMETERS);
  const { rows } = await sql.query<{ profile: boolean; added: string[]; removed: string[] }>(
    `WITH ${left.text},
     seen AS (
       UPDATE identities
       SET last_login_at = $3,
           identifiers = CASE WHEN $18::boolean THEN $19::text[] ELSE identifiers END,
           directory_key = CASE WHEN $18::boolean THEN $20::text ELSE directory_key END
       WHERE id = $2 AND organization_id = $1
     ), profile AS (
       UPDATE users
       SET email = $7, email_verified = $8, email_proof = $9::email_proof,
           email_changed = email_changed OR email IS DISTINCT FROM $7, name = $10, given_name = $11, family_name = $12,
           username = $13, updated_at = $3
       WHERE $6::boolean AND id = $4 AND organization_id = $1
         AND (email, email_verified, email_proof, name, given_name, family_name, username)
             IS DISTINCT FROM ($7, $8, $9::email_proof, $10, $11, $12, $13)
       RETURNING 1
     ), removed AS (
       DELETE FROM role_bindings
       WHERE id = ANY($14::uuid[]) AND membership_id = $5 AND organization_id = $1 AND source = 'jit'
       RETURNING id
     ), added AS (
       INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source, group_key, created_at)
       SELECT wanted.id, $1, wanted.role_id, $5, 'jit', wanted.group_key, $3
       FROM unnest($15::uuid[], $16::uuid[], $17::text[]) AS wanted (id, role_id, group_key)
       ON CONFLICT (membership_id, role_id, source, group_key) DO NOTHING
       RETURNING id
     )
     SELECT ${CHECKED}, EXISTS (SELECT 1 FROM profile) AS profile,
            ARRAY(SELECT id FROM added) AS added, ARRAY(SELECT id FROM removed) AS removed`,
    [
      ...loginValues(login),
      effects.userId,
      effects.membershipId,
      update !== null,
      profile?.email ?? null,
      profile?.emailVerified ?? false,
      update?.emailProof ?? null,
      profile?.name ?? null,
      profile?.givenName ?? null,
      profile?.familyName ?? null,
      profile?.username ?? null,
      removed.map(({ id }) => id),
      added.map(({ id }) => id),
      added.map(({ roleId }) => roleId),
      added.map(({ groupKey }) => groupKey),
      identity !== null,
      identity?.identifiers ?? [],
      identity?.directoryKey ?? null,
      ...left.values,
    ],
    "sign_in_apply",
  );
  const [row] = rows;
  if (row === undefined) {
    throw new Error("The effects of a login gave no row");
  }
  return row;
}

const FOREIGN_KEY_VIOLATION = "23503";

/** Whether a login failed because the membership is not active any more. */
export function isSuspended(error: unknown): boolean {
  return hasCode(error, MEMBERSHIP_NOT_ACTIVE);
}

/** Whether a login failed because something that it rests on was deleted: its connection, a role. */
export function isDeletedMeanwhile(error: unknown): boolean {
  return hasCode(error, FOREIGN_KEY_VIOLATION);
}

/** Whether a login failed because another one of the same identity was faster. */
export function isOvertaken(error: unknown): boolean {
  return isUniqueViolation(error);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
