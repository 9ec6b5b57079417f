import type { Sql } from "@sallyport/database";
import { isEnded } from "../ended.ts";
import type { Identifier } from "../identifiers.ts";
import { type ProfileRow, profileOf } from "../profile.ts";
import type { Candidate, UserByAddress } from "../who-is-it.ts";
import type { Login } from "./look-up.ts";
import { type MembershipRow, membershipOf } from "./membership-row.ts";
import type { Person } from "./person.ts";

/** Somebody whose identity a first login may be. */
export type FoundUser = Candidate & Pick<Person, "inDirectory" | "profile" | "emailProof" | "emailChanged">;

export interface Candidates {
  readonly ended: boolean;
  readonly bySubject: readonly FoundUser[];
  readonly byAddress: readonly (UserByAddress & FoundUser)[];
}

interface Row extends MembershipRow, ProfileRow {
  readonly user_id: string;
  readonly email_proof: Person["emailProof"];
  readonly email_changed: boolean;
  readonly in_directory: boolean;
  readonly proven: boolean;
  readonly primary: boolean;
}

/** Users `u` that a directory has. */
export const IN_DIRECTORY = `EXISTS (
  SELECT 1 FROM directory_user_links l
  JOIN directory_users d ON d.id = l.directory_user_id AND d.organization_id = u.organization_id AND d.deleted_at IS NULL
  WHERE l.user_id = u.id)`;

/** Links of directory users that are known by the address `$2` now. */
const HAVE_ADDRESS = `
  SELECT l.user_id FROM directory_identifiers k JOIN directory_user_links l ON l.directory_user_id = k.directory_user_id
  WHERE k.organization_id = $1 AND k.value = 'address:' || $2::text AND k.current`;

/** Users `u` who were proven to hold the address `$2`, and those whose userName it is in a directory that has them active. */
const PROVEN = "u.email = $2 AND u.email_proof IS NOT NULL";
const NAMED = `EXISTS (
  SELECT 1 FROM directory_user_links l
  JOIN directory_users d ON d.id = l.directory_user_id AND d.organization_id = u.organization_id
    AND d.user_name_key = $2 AND d.active AND d.deleted_at IS NULL
  WHERE l.user_id = u.id)`;

const candidates = (ids: string, proven: string, primary: string) => `coalesce((
  SELECT json_agg(candidate) FROM (
    SELECT u.id AS user_id, m.id AS membership_id, m.status, m.source, m.directory, ${IN_DIRECTORY} AS in_directory,
           u.email, u.email_verified, u.name, u.given_name, u.family_name, u.username, u.email_proof,
           u.email_changed,
           ${proven} AS proven, ${primary} AS "primary"
    FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = u.organization_id
    WHERE u.organization_id = $1 AND u.id IN (${ids})
    ORDER BY u.created_at, u.id) AS candidate), '[]')`;

/** The users that a first login may match: those with its address, and those that a directory knows by the connection's subject. */
export async function findCandidates(
  sql: Sql,
  login: Pick<Login, "organizationId" | "email" | "directoryKey">,
  identifiers: readonly Identifier[],
): Promise<Candidates> {
  const key = login.directoryKey;
  const { rows } = await sql.query<{ ended: boolean; by_address: Row[]; by_subject: Row[] }>(
    `SELECT ${isEnded("$1", "$3::text[]")} AS ended,
            ${candidates(
              `SELECT n.id FROM users n WHERE n.organization_id = $1 AND n.email = $2 UNION ${HAVE_ADDRESS}`,
              `(${PROVEN} OR u.id IN (${HAVE_ADDRESS}))`,
              `(${PROVEN} OR ${NAMED})`,
            )} AS by_address,
            ${candidates(
              `SELECT l.user_id FROM directories s CROSS JOIN LATERAL (
                 SELECT d.id FROM directory_users d
                 WHERE d.directory_id = s.id AND d.external_id = $4 AND d.deleted_at IS NULL
                 UNION ALL
                 SELECT d.id FROM directory_users d WHERE d.directory_id = s.id AND d.user_name_key = $5) d
               JOIN directory_user_links l ON l.directory_user_id = d.id
               WHERE s.organization_id = $1`,
              "true",
              "true",
            )} AS by_subject`,
    [
      login.organizationId,
      login.email,
      identifiers,
      key?.attribute === "externalId" ? key.value : null,
      key?.attribute === "userName" ? key.value.toLowerCase() : null,
    ],
    "people_find_candidates",
  );
  const [row] = rows;
  if (row === undefined) {
    throw new Error("The search for candidates gave no row");
  }
  return { ended: row.ended, byAddress: row.by_address.map(found), bySubject: row.by_subject.map(found) };
}

/** Others who have an address, whether they hold it by proof or only assert it. */
export async function findOthersWith(
  sql: Sql,
  organizationId: string,
  address: string,
  userId: string,
): Promise<string[]> {
  const { rows } = await sql.query<{ user_id: string }>(
    `SELECT n.id AS user_id FROM users n WHERE n.organization_id = $1 AND n.email = $2 AND n.id <> $3
     UNION SELECT user_id FROM (${HAVE_ADDRESS}) AS others WHERE user_id <> $3`,
    [organizationId, address, userId],
    "people_find_others",
  );
  return rows.map((row) => row.user_id);
}

function found(row: Row): UserByAddress & FoundUser {
  return {
    userId: row.user_id,
    membership: membershipOf(row),
    inDirectory: row.in_directory,
    profile: profileOf(row),
    emailProof: row.email_proof,
    emailChanged: row.email_changed,
    proven: row.proven,
    primary: row.primary,
  };
}
