import { checked, newId, type Sql } from "@sallyport/database";

/** What a sign-in reads, and makes of somebody who signs in for the first time. What every login leaves is in effects.ts. */

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

/** Somebody who has signed in before. */
export interface KnownPerson extends KnownUser {
  readonly identityId: string;
  readonly profile: Profile;
  /** Roles that earlier logins gave. */
  readonly jitRoleIds: readonly string[];
}

export interface Lookup {
  readonly identity: KnownPerson | null;
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
}

interface UserRow {
  user_id: string;
  membership_id: string | null;
  status: "active" | "suspended" | null;
  source: "directory" | "jit" | "manual" | null;
  in_directory: boolean;
}

interface ProfileRow {
  email: string | null;
  email_verified: boolean | null;
  name: string | null;
  given_name: string | null;
  family_name: string | null;
  username: string | null;
}

const IN_DIRECTORY = `EXISTS (
  SELECT 1 FROM directory_user_links l CROSS JOIN LATERAL (
    SELECT 1 FROM directory_users d
    WHERE d.id = l.directory_user_id AND ${checked("d.organization_id = u.organization_id")} AND d.deleted_at IS NULL OFFSET 0) d
  WHERE l.user_id = u.id)`;

/** Reads all that the decision needs, in one statement. */
export async function lookUp(sql: Sql, key: LookupKey): Promise<Lookup> {
  const { rows } = await sql.query<
    { [Column in keyof UserRow]: UserRow[Column] | null } & ProfileRow & {
        identity_id: string | null;
        jit_role_ids: string[];
        domain_verified: boolean;
        mapped_role_ids: string[];
        member_role_id: string | null;
      }
  >(
    `SELECT i.id AS identity_id, u.id AS user_id, m.id AS membership_id, m.status, m.source,
            u.email, u.email_verified, u.name, u.given_name, u.family_name, u.username,
            ${IN_DIRECTORY} AS in_directory,
            ARRAY(SELECT role_id FROM role_bindings WHERE membership_id = m.id AND source = 'jit') AS jit_role_ids,
            EXISTS (SELECT 1 FROM domains WHERE organization_id = $1 AND verified_name = $5) AS domain_verified,
            ARRAY(SELECT DISTINCT role_id FROM group_mappings
                  WHERE organization_id = $1 AND group_key = ANY($6::text[])) AS mapped_role_ids,
            (SELECT id FROM roles WHERE organization_id = $1 AND key = 'member') AS member_role_id
     FROM (VALUES (1)) AS one
     LEFT JOIN identities i
       ON i.connection_id = $2 AND i.issuer = $3 AND i.subject = $4 AND i.organization_id = $1
     LEFT JOIN users u ON u.id = i.user_id AND ${checked("u.organization_id = $1")}
     LEFT JOIN memberships m ON m.user_id = u.id AND ${checked("m.organization_id = $1")}`,
    [
      key.organizationId,
      key.connectionId,
      key.issuer,
      key.subject,
      key.emailDomain,
      key.groups.map((group) => group.toLowerCase()),
    ],
    "sign_in_look_up",
  );
  const [row] = rows;
  if (row === undefined) throw new Error("The look-up of a sign-in gave no row");
  const { identity_id: identityId, user_id: userId, in_directory } = row;
  return {
    identity:
      identityId === null || userId === null
        ? null
        : {
            identityId,
            ...knownUser({ ...row, user_id: userId, in_directory: in_directory === true }),
            profile: profileOf(row),
            jitRoleIds: row.jit_role_ids,
          },
    domainVerified: row.domain_verified,
    mappedRoleIds: row.mapped_role_ids,
    memberRoleId: row.member_role_id,
  };
}

function profileOf(row: ProfileRow): Profile {
  return {
    email: row.email,
    emailVerified: row.email_verified === true,
    name: row.name,
    givenName: row.given_name,
    familyName: row.family_name,
    username: row.username,
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
                FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND ${checked("m.organization_id = u.organization_id")}
                WHERE u.organization_id = $1 AND u.email = $2
                ORDER BY in_directory DESC, m.source = 'directory' DESC NULLS LAST, u.created_at, u.id
              ) AS candidate
            ), '[]') AS users,
            coalesce((
              SELECT NOT bool_or(d.active AND d.deleted_at IS NULL)
              FROM directories s CROSS JOIN LATERAL (
                SELECT d.active, d.deleted_at FROM directory_users d
                WHERE d.directory_id = s.id AND d.email = $2 OFFSET 0) d
              WHERE s.organization_id = $1
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
