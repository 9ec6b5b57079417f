import type { Sql } from "@sallyport/database";
import { domainOf } from "../address.ts";
import { isEnded } from "../ended.ts";
import { isMappedAtSignIn } from "../group-match.ts";
import { type DirectoryKey, type Identifier, identifiersOfLogin, storedKey } from "../identifiers.ts";
import type { MembershipState, SignInPolicy } from "../membership.ts";
import type { Seats } from "../policy/policy.ts";
import { profileOf } from "../profile.ts";
import { IN_DIRECTORY } from "./candidates.ts";
import { type MembershipRow, membershipOf } from "./membership-row.ts";
import { type NearGroup, nearKeysOf, splitMappings } from "./near-groups.ts";
import type { Person } from "./person.ts";

/** A validated login, whatever protocol it came by. */
export interface Login {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly issuer: string;
  readonly subject: string;
  /** Canonical. */
  readonly email: string | null;
  /** What the IdP says of the address; null when it says nothing. */
  readonly emailVerified: boolean | null;
  readonly name: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly username: string | null;
  /** The attribute of directory users that the connection's subject is, where it says so. */
  readonly directoryKey: DirectoryKey | null;
  readonly groups: readonly string[];
  /** False when the IdP could not tell them all: then they prove no absence, and grant nothing anew. */
  readonly groupsComplete: boolean;
}

/** A role that asserted groups give, and the group that gives it. */
export interface MappedRole {
  readonly roleId: string;
  /** The role's key. */
  readonly role: string;
  /** Lower case; empty for `member` and the default role, which need no group. */
  readonly groupKey: string;
  /** Of who has no role by a group. */
  readonly byDefault?: boolean;
}

/** A binding that an earlier login left. */
export interface SignInBinding extends MappedRole {
  readonly id: string;
  /** The group is mapped to the role still. */
  readonly mapped: boolean;
}

/** Somebody who has signed in before. Without a membership: the user is no member any more. */
export type KnownPerson = Omit<Person, "membership" | "events"> & {
  readonly membership: MembershipState | null;
};

export interface Lookup {
  readonly known: KnownPerson | null;
  /** A directory deactivated a person that it knew by an identifier that this person's logins assert. */
  readonly ended: boolean;
  /** The organization has verified the address's domain, and the IdP does not say that the address is unverified. */
  readonly addressVerified: boolean;
  /** What the asserted groups give, `member` and the default role. */
  readonly roles: readonly MappedRole[];
  /** Asserted groups that nearly have a mapping: they give nothing. */
  readonly nearGroups: readonly NearGroup[];
  readonly signIn: SignInPolicy;
  readonly rolesFrom: "directory" | "directoryAndSignIn";
  /** The organization has an active directory. */
  readonly hasDirectory: boolean;
  /** Null: as many as come. */
  readonly seats: Seats | null;
  /** All by which a directory may know the person of this login. */
  readonly identifiers: readonly Identifier[];
}

interface Row extends MembershipRow {
  readonly identity_id: string | null;
  readonly user_id: string | null;
  readonly identifiers: string[] | null;
  readonly directory_key: string | null;
  readonly email: string | null;
  readonly email_verified: boolean | null;
  readonly name: string | null;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly username: string | null;
  readonly email_proof: Person["emailProof"];
  readonly email_changed: boolean | null;
  readonly in_directory: boolean;
  readonly bindings: readonly SignInBinding[] | null;
  readonly ended: boolean;
  readonly domain_verified: boolean;
  readonly roles: readonly MappedRole[];
  readonly sign_in: "just_in_time" | "directory";
  readonly roles_from: "directory" | "directory_and_sign_in";
  readonly has_directory: boolean;
  readonly seat_limit: number | null;
  readonly at_seat_limit: Seats["atLimit"] | null;
}

const BINDINGS = `(
  SELECT json_agg(json_build_object('id', b.id, 'roleId', b.role_id, 'role', r.key, 'groupKey', b.group_key,
    'mapped', b.group_key = '' OR ${isMappedAtSignIn("b.organization_id", "b.role_id", "b.group_key")}))
  FROM role_bindings b JOIN roles r ON r.id = b.role_id
  WHERE b.membership_id = m.id AND b.source = 'jit')`;

/** Reads all that the decision about a login needs, in one statement. */
export async function lookUp(sql: Sql, login: Login): Promise<Lookup> {
  const identifiers = identifiersOfLogin({
    subject: login.subject,
    email: login.email ?? undefined,
    username: login.username ?? undefined,
    directoryKey: login.directoryKey ?? undefined,
  });
  const groups = login.groups.map((group) => group.toLowerCase());
  const { rows } = await sql.query<Row>(
    `SELECT i.id AS identity_id, u.id AS user_id, i.identifiers, i.directory_key,
            m.id AS membership_id, m.status, m.source, m.directory,
            u.email, u.email_verified, u.name, u.given_name, u.family_name, u.username, u.email_proof, u.email_changed,
            ${IN_DIRECTORY} AS in_directory,
            ${BINDINGS} AS bindings,
            ${isEnded("$1", "coalesce(i.identifiers, '{}') || $7::text[]")} AS ended,
            EXISTS (SELECT 1 FROM domains WHERE organization_id = $1 AND verified_name = $5) AS domain_verified,
            coalesce((
              SELECT json_agg(json_build_object('roleId', r.id, 'role', r.key, 'groupKey', mapped.group_key,
                                                'byDefault', mapped.by_default))
              FROM (SELECT role_id, group_key, false AS by_default FROM group_mappings
                    WHERE organization_id = $1 AND group_key = ANY($6::text[]) AND pattern IS NULL AND directory_id IS NULL
                    UNION
                    SELECT map.role_id, asserted.group_key, false
                    FROM group_mappings map JOIN unnest($8::text[]) AS asserted (group_key)
                      ON asserted.group_key LIKE map.pattern
                    WHERE map.organization_id = $1 AND map.pattern IS NOT NULL AND map.directory_id IS NULL
                    UNION ALL
                    SELECT id, '', false FROM roles WHERE organization_id = $1 AND key = 'member'
                    UNION ALL
                    SELECT p.default_role_id, '', true) AS mapped
              JOIN roles r ON r.id = mapped.role_id), '[]') AS roles,
            o.sign_in, o.roles_from, p.seat_limit, p.at_seat_limit,
            EXISTS (SELECT 1 FROM directories WHERE organization_id = $1 AND status = 'active' AND NOT in_review) AS has_directory
     FROM organizations o
     LEFT JOIN access_policies p ON p.organization_id = o.id
     LEFT JOIN identities i
       ON i.connection_id = $2 AND i.issuer = $3 AND i.subject = $4 AND i.organization_id = $1
     LEFT JOIN users u ON u.id = i.user_id AND u.organization_id = $1
     LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = $1
     WHERE o.id = $1`,
    [
      login.organizationId,
      login.connectionId,
      login.issuer,
      login.subject,
      login.email === null ? null : domainOf(login.email),
      [...groups, ...nearKeysOf(login.groups)],
      identifiers,
      groups,
    ],
    "sign_in_look_up",
  );
  const [row] = rows;
  if (row === undefined) {
    throw new OrganizationMissing();
  }
  return {
    known: knownPerson(row),
    ended: row.ended,
    addressVerified: row.domain_verified && login.emailVerified !== false,
    ...splitMappings(login.groups, row.roles),
    signIn: row.sign_in === "directory" ? "directory" : "justInTime",
    rolesFrom: row.roles_from === "directory" ? "directory" : "directoryAndSignIn",
    hasDirectory: row.has_directory,
    seats: row.seat_limit === null ? null : { limit: row.seat_limit, atLimit: row.at_seat_limit ?? "hold" },
    identifiers,
  };
}

/** What earlier logins gave a member. */
export async function readBindings(sql: Sql, membershipId: string): Promise<readonly SignInBinding[]> {
  const { rows } = await sql.query<{ bindings: readonly SignInBinding[] | null }>(
    `SELECT ${BINDINGS} AS bindings FROM memberships m WHERE m.id = $1`,
    [membershipId],
    "sign_in_read_bindings",
  );
  return rows[0]?.bindings ?? [];
}

/** The organization was deleted meanwhile. */
export class OrganizationMissing extends Error {}

function knownPerson(row: Row): KnownPerson | null {
  const { identity_id: identityId, user_id: userId } = row;
  if (identityId === null || userId === null) {
    return null;
  }
  return {
    identityId,
    userId,
    membership: membershipOf(row),
    inDirectory: row.in_directory,
    profile: profileOf({ ...row, email_verified: row.email_verified === true }),
    emailProof: row.email_proof,
    emailChanged: row.email_changed === true,
    isNew: false,
    identifiers: row.identifiers ?? [],
    directoryKey: row.directory_key,
    bindings: row.bindings ?? [],
  };
}

/** The key by which directories may know the login's person, as it is stored. */
export function directoryKeyOf(login: Login): string | null {
  return login.directoryKey === null ? null : storedKey(login.directoryKey);
}
