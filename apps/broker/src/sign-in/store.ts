import { asMembersOfWith, newId, type Sql, type Statement } from "@sallyport/database";

/** Every statement of the sign-in transaction; those for sessions, audit events and login records have homes of their own. */

/** What is stored of an identity's person, in the identity's organization. */
export interface KnownUser {
  readonly userId: string;
  /** Null: the user is no member (any more). */
  readonly membership: {
    readonly id: string;
    readonly status: "active" | "suspended";
    readonly source: "directory" | "jit" | "manual";
  } | null;
  /** A directory pushed this user and has not deleted them: their profile is the directory's. */
  readonly inDirectory: boolean;
}

export interface Lookup {
  /** The assertion was used before. */
  readonly replayed: boolean;
  readonly identity: (KnownUser & { readonly identityId: string }) | null;
  /** The email's domain is verified, by this organization. */
  readonly domainVerified: boolean;
  /** Roles that the asserted groups map to. */
  readonly mappedRoleIds: readonly string[];
  readonly memberRoleId: string | null;
}

export interface LookupKey {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly emailDomain: string | null;
  readonly groups: readonly string[];
  /** Remembered here, at once: of two uses the second waits for the first's commit and finds it. */
  readonly assertion: { readonly id: string; readonly replayableUntil: Date } | null;
}

interface UserRow {
  user_id: string;
  membership_id: string | null;
  status: "active" | "suspended" | null;
  source: "directory" | "jit" | "manual" | null;
  in_directory: boolean;
}

const IN_DIRECTORY =
  "EXISTS (SELECT 1 FROM directory_users d WHERE d.user_id = u.id AND d.organization_id = u.organization_id AND d.deleted_at IS NULL)";

/** Marks the assertion as used and reads all that the decision needs, in one statement. */
export async function lookUp(sql: Sql, key: LookupKey): Promise<Lookup> {
  const { rows } = await sql.query<
    { [Column in keyof UserRow]: UserRow[Column] | null } & {
      replayed: boolean;
      identity_id: string | null;
      domain_verified: boolean;
      mapped_role_ids: string[];
      member_role_id: string | null;
    }
  >(
    `WITH used AS (
       INSERT INTO used_assertions (connection_id, assertion_id, expires_at)
       SELECT $2::uuid, $7::text, $8::timestamptz WHERE $7::text IS NOT NULL
       ON CONFLICT DO NOTHING
       RETURNING 1
     )
     SELECT $7::text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM used) AS replayed,
            i.id AS identity_id, u.id AS user_id, m.id AS membership_id, m.status, m.source,
            ${IN_DIRECTORY} AS in_directory,
            EXISTS (SELECT 1 FROM domains WHERE organization_id = $1 AND verified_name = $5) AS domain_verified,
            ARRAY(SELECT DISTINCT role_id FROM group_mappings
                  WHERE organization_id = $1 AND group_key = ANY($6::text[])) AS mapped_role_ids,
            (SELECT id FROM roles WHERE organization_id = $1 AND key = 'member') AS member_role_id
     FROM (VALUES (1)) AS one
     LEFT JOIN identities i
       ON i.connection_id = $2 AND i.issuer = $3 AND i.subject = $4 AND i.organization_id = $1
     LEFT JOIN users u ON u.id = i.user_id AND u.organization_id = $1
     LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = $1`,
    [
      key.organizationId,
      key.connectionId,
      key.issuer,
      key.subject,
      key.emailDomain,
      key.groups.map((group) => group.toLowerCase()),
      key.assertion?.id ?? null,
      key.assertion?.replayableUntil ?? null,
    ],
    "sign_in_look_up",
  );
  const [row] = rows;
  if (row === undefined) throw new Error("The look-up of a sign-in gave no row");
  const { identity_id: identityId, user_id: userId, in_directory } = row;
  return {
    replayed: row.replayed,
    identity:
      identityId === null || userId === null
        ? null
        : { identityId, ...knownUser({ ...row, user_id: userId, in_directory: in_directory === true }) },
    domainVerified: row.domain_verified,
    mappedRoleIds: row.mapped_role_ids,
    memberRoleId: row.member_role_id,
  };
}

function knownUser(row: UserRow): KnownUser {
  const { user_id: userId, membership_id: id, status, source, in_directory: inDirectory } = row;
  const membership = id === null || status === null || source === null ? null : { id, status, source };
  return { userId, membership, inDirectory };
}

/** Who of an organization has an email address already. */
export interface Namesakes {
  /** Those whom the directory pushed first, then the oldest. */
  readonly users: readonly KnownUser[];
  /** Directories know the address, and none has it active. */
  readonly inactiveInDirectory: boolean;
}

export async function findNamesakes(sql: Sql, organizationId: string, email: string): Promise<Namesakes> {
  const { rows } = await sql.query<{ users: UserRow[]; inactive_in_directory: boolean }>(
    `SELECT coalesce((
              SELECT json_agg(candidate) FROM (
                SELECT u.id AS user_id, m.id AS membership_id, m.status, m.source, ${IN_DIRECTORY} AS in_directory
                FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = u.organization_id
                WHERE u.organization_id = $1 AND u.email = $2
                ORDER BY in_directory DESC, m.source = 'directory' DESC NULLS LAST, u.created_at, u.id
              ) AS candidate
            ), '[]') AS users,
            coalesce((
              SELECT NOT bool_or(d.active AND d.deleted_at IS NULL)
              FROM directories s JOIN directory_users d ON d.directory_id = s.id
              WHERE s.organization_id = $1 AND d.organization_id = $1 AND d.email = $2
            ), false) AS inactive_in_directory`,
    [organizationId, email],
    "sign_in_find_namesakes",
  );
  const [row] = rows;
  if (row === undefined) throw new Error("The search for namesakes gave no row");
  return { users: row.users.map(knownUser), inactiveInDirectory: row.inactive_in_directory };
}

/** A person's profile, as the IdP asserts it. */
export interface Profile {
  readonly email: string | null;
  /** Never true but for a domain that this organization has verified. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly username: string | null;
}

/** Adds a user with an active just-in-time membership. */
export async function createUser(
  sql: Sql,
  organizationId: string,
  profile: Profile,
  now: Date,
): Promise<{ userId: string; membershipId: string }> {
  const userId = newId();
  const membershipId = newId();
  await sql.query(
    `WITH person AS (
       INSERT INTO users (id, organization_id, email, email_verified, name, given_name, family_name, username,
                          created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
       RETURNING id
     )
     INSERT INTO memberships (id, organization_id, user_id, status, source, created_at, updated_at)
     SELECT $10, $2, id, 'active', 'jit', $9, $9 FROM person`,
    [
      userId,
      organizationId,
      profile.email,
      profile.emailVerified,
      profile.name,
      profile.givenName,
      profile.familyName,
      profile.username,
      now,
      membershipId,
    ],
    "sign_in_create_user",
  );
  return { userId, membershipId };
}

/** Ties an identity to a user for good. Throws a unique violation when another login was faster. */
export async function createIdentity(sql: Sql, key: LookupKey, userId: string, now: Date): Promise<string> {
  const id = newId();
  await sql.query(
    `INSERT INTO identities (id, organization_id, connection_id, issuer, subject, user_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, key.organizationId, key.connectionId, key.issuer, key.subject, userId, now],
    "sign_in_create_identity",
  );
  return id;
}

export interface LoginEffects {
  readonly organizationId: string;
  readonly identityId: string;
  readonly userId: string;
  readonly membershipId: string;
  /** Null leaves the profile as it is. Fields that are null are kept. */
  readonly profile: Profile | null;
  /** The just-in-time roles that this login gives. */
  readonly roleIds: readonly string[];
  /** Whether they are all that there are from now on: those that earlier logins gave are taken away. */
  readonly rolesComplete: boolean;
  readonly now: Date;
}

/** What is stored with every login. */
export interface LoginTraces {
  /** Returns a row when the session was made. */
  readonly session: Statement;
  readonly audit: Statement;
  readonly record: Statement;
}

export interface LoginChanges {
  /** False: the membership is not active any more, and the transaction must not be committed. */
  readonly sessionCreated: boolean;
  readonly profileChanged: boolean;
  /** Ids of the roles that came and went. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const APPLY_PARAMETERS = 15;

/** Writes all that a login changes and leaves behind, in one statement. */
export async function applyLogin(sql: Sql, login: LoginEffects, traces: LoginTraces): Promise<LoginChanges> {
  const { profile } = login;
  const left = asMembersOfWith({ ...traces }, APPLY_PARAMETERS);
  const { rows } = await sql.query<{
    session_created: boolean;
    profile_changed: boolean;
    added: string[];
    removed: string[];
  }>(
    `WITH ${left.text}, seen AS (
       UPDATE identities SET last_login_at = $5 WHERE id = $2 AND organization_id = $1
     ), profile AS (
       UPDATE users SET
         email = coalesce($7, email), email_verified = CASE WHEN $7::text IS NULL THEN email_verified ELSE $8 END,
         name = coalesce($9, name), given_name = coalesce($10, given_name),
         family_name = coalesce($11, family_name), username = coalesce($12, username), updated_at = $5
       WHERE $6::boolean AND id = $3 AND organization_id = $1
         AND (email, email_verified, name, given_name, family_name, username) IS DISTINCT FROM
             (coalesce($7, email), CASE WHEN $7::text IS NULL THEN email_verified ELSE $8 END, coalesce($9, name),
              coalesce($10, given_name), coalesce($11, family_name), coalesce($12, username))
       RETURNING 1
     ), removed AS (
       DELETE FROM role_bindings
       WHERE $15::boolean AND membership_id = $4 AND organization_id = $1 AND source = 'jit'
         AND role_id <> ALL ($13::uuid[])
       RETURNING role_id
     ), added AS (
       INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source, created_at)
       SELECT wanted.id, $1, wanted.role_id, $4, 'jit', $5
       FROM unnest($14::uuid[], $13::uuid[]) AS wanted (id, role_id)
       ON CONFLICT (membership_id, role_id, source) DO NOTHING
       RETURNING role_id
     )
     SELECT EXISTS (SELECT 1 FROM session) AS session_created, EXISTS (SELECT 1 FROM profile) AS profile_changed,
            ARRAY(SELECT role_id FROM added) AS added, ARRAY(SELECT role_id FROM removed) AS removed`,
    [
      login.organizationId,
      login.identityId,
      login.userId,
      login.membershipId,
      login.now,
      profile !== null,
      profile?.email ?? null,
      profile?.emailVerified ?? false,
      profile?.name ?? null,
      profile?.givenName ?? null,
      profile?.familyName ?? null,
      profile?.username ?? null,
      login.roleIds,
      login.roleIds.map(() => newId()),
      login.rolesComplete,
      ...left.values,
    ],
    "sign_in_apply",
  );
  const [row] = rows;
  if (row === undefined) throw new Error("The effects of a login gave no row");
  return {
    sessionCreated: row.session_created,
    profileChanged: row.profile_changed,
    added: row.added,
    removed: row.removed,
  };
}
