import { domainOf } from "../address.ts";
import {
  addressesOf,
  directoryKeysOf,
  type Identifier,
  identifierOfKey,
  secondaryAddresses,
  storedKey,
} from "../identifiers.ts";
import { betterEvidence, type Match } from "../who-is-it.ts";
import { type Batch, knownBy, type PushedUser } from "./batch.ts";

/** A user who may be the person that a directory user is. */
export interface FoundMatch extends Match {
  /** What both are known by. */
  readonly claim: Identifier;
}

/** Two matches of one directory user with one user, as one: the better evidence counts, and whatever keeps them apart. */
export function mergeMatches(one: FoundMatch, other: FoundMatch): FoundMatch {
  const evidence = betterEvidence(one.evidence, other.evidence);
  return {
    ...(evidence === one.evidence ? one : other),
    taken: one.taken || other.taken,
    disputed: one.disputed || other.disputed,
  };
}

/** All that may be known of who directory users are, by the directory user's id. */
export interface Matches {
  of(user: PushedUser): readonly FoundMatch[];
  /** By what others may be found to be the user: the externalId, and addresses whose domain the organization has verified. */
  claimsOf(user: PushedUser): readonly Identifier[];
  /** The claim is an address of the user, and not the primary one. */
  isSecondary(user: { readonly id: string }, claim: Identifier): boolean;
}

interface Row {
  readonly id: string;
  readonly claim: string;
  readonly user_id: string;
  readonly taken: boolean;
  readonly disputed: boolean;
  readonly ended: boolean;
  readonly proven: boolean;
  /** By what a connection says its subjects are. */
  readonly by_key: boolean;
  /** The names of the directory user that told the claim; null where none did. */
  readonly told_by: { readonly user_name: string; readonly email: string | null } | null;
}

/**
 * Finds the users who may be the persons that directory users are:
 * - by an address whose domain the organization has verified: whoever holds it by proof, or merely asserts it;
 * - by the externalId: whom the same directory knew by it;
 * - by what a connection says its subjects are: whoever signed in with it.
 */
export async function findMatches(batch: Batch, users: readonly PushedUser[]): Promise<Matches> {
  const asked = users.flatMap((user) => [
    ...claimsOf(user).map((claim) => ({ user, claim, key: null })),
    ...directoryKeysOf(user).map((key) => ({ user, claim: identifierOfKey(key), key: storedKey(key) })),
  ]);
  const { rows } = await batch.sql.query<{ domains: string[]; matches: Row[] }>(
    `SELECT ARRAY(SELECT verified_name FROM domains WHERE organization_id = $1 AND verified_name IS NOT NULL) AS domains,
            coalesce((
       SELECT json_agg(json_build_object('id', asked.id, 'claim', asked.claim, 'user_id', found.user_id,
         'proven', found.proven, 'by_key', asked.key IS NOT NULL,
         'told_by', CASE WHEN found.user_name IS NOT NULL THEN
           json_build_object('user_name', found.user_name, 'email', found.email) END,
         'taken', EXISTS (
           SELECT 1 FROM directory_user_links l
           JOIN directory_users du ON du.id = l.directory_user_id AND du.directory_id = asked.directory_id
             AND du.active AND du.deleted_at IS NULL
           WHERE l.user_id = found.user_id AND l.directory_user_id <> asked.id)
           -- It had one with this address, and now another: to a directory that gives ids, these are two.
           OR (asked.external_id IS NOT NULL AND EXISTS (
             SELECT 1 FROM directory_user_links l
             JOIN directory_identifiers had ON had.organization_id = $1 AND had.value = asked.claim
               AND had.directory_user_id = l.directory_user_id AND had.directory_id = asked.directory_id
             WHERE l.user_id = found.user_id AND l.directory_user_id <> asked.id)
           AND NOT EXISTS (
             SELECT 1 FROM directory_user_links l
             JOIN directory_identifiers had ON had.organization_id = $1 AND had.value = asked.external_id
               AND had.directory_user_id = l.directory_user_id
             WHERE l.user_id = found.user_id AND l.directory_user_id <> asked.id)),
         'disputed', EXISTS (
           SELECT 1 FROM conflicts c WHERE c.user_id = asked.user_id AND c.other_user_id = found.user_id
           UNION ALL
           SELECT 1 FROM conflicts c WHERE c.user_id = found.user_id AND c.other_user_id = asked.user_id),
         'ended', EXISTS (SELECT 1 FROM directory_user_links l WHERE l.user_id = found.user_id)
           AND NOT EXISTS (
             SELECT 1 FROM directory_user_links l
             JOIN directory_users du ON du.id = l.directory_user_id AND du.active AND du.deleted_at IS NULL
             WHERE l.user_id = found.user_id)) ORDER BY asked.id, found.user_id)
       FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])
         AS asked (id, directory_id, user_id, claim, key, external_id)
       CROSS JOIN LATERAL (
         SELECT l.user_id, true AS proven, coalesce(du.user_name, u.username, '') AS user_name,
                coalesce(du.email, u.email) AS email
         FROM directory_identifiers k
         JOIN directory_user_links l ON l.directory_user_id = k.directory_user_id
         JOIN users u ON u.id = l.user_id
         LEFT JOIN directory_users du ON du.id = k.directory_user_id
         WHERE k.organization_id = $1 AND k.value = asked.claim AND asked.key IS NULL AND k.current AND k.directory_user_id <> asked.id
           AND (asked.claim LIKE 'address:%' OR k.directory_id = asked.directory_id)
         UNION
         SELECT u.id, u.email_proof IS NOT NULL, NULL, NULL FROM users u
         WHERE asked.claim LIKE 'address:%' AND asked.key IS NULL AND u.organization_id = $1 AND u.email = substr(asked.claim, 9)
         UNION
         SELECT i.user_id, true, NULL, NULL FROM identities i WHERE i.organization_id = $1 AND i.directory_key = asked.key
       ) AS found), '[]') AS matches`,
    [
      batch.organizationId,
      asked.map(({ user }) => user.id),
      asked.map(({ user }) => user.directoryId),
      asked.map(({ user }) => user.userId),
      asked.map(({ claim }) => claim),
      asked.map(({ key }) => key),
      asked.map(({ user }) => knownBy(user).find((identifier) => identifier.startsWith("id:")) ?? null),
    ],
    "people_find_matches",
  );
  const verified = new Set(rows[0]?.domains);
  const isVerified = (address: string) => verified.has(domainOf(address) ?? "");
  const usersById = new Map(users.map((user) => [user.id, user]));
  const secondary = new Map(users.map((user) => [user.id, new Set(secondaryAddresses(user, knownBy(user)))]));
  const isSecondary: Matches["isSecondary"] = ({ id }, claim) => secondary.get(id)?.has(claim) === true;
  const found = new Map<string, Map<string, FoundMatch>>();
  for (const row of rows[0]?.matches ?? []) {
    const { id, claim, user_id: userId } = row;
    const user = usersById.get(id);
    if (user === undefined || !(row.by_key || addressesOf([claim]).every(isVerified))) {
      continue;
    }
    const match: FoundMatch = {
      ...{ userId, claim, taken: row.taken, disputed: row.disputed },
      evidence: evidenceOf(row, user, !row.by_key && isSecondary(user, claim)),
    };
    const matches = found.get(id) ?? new Map<string, FoundMatch>();
    const known = matches.get(userId);
    matches.set(userId, known === undefined ? match : mergeMatches(known, match));
    found.set(id, matches);
  }
  return {
    of: (user) => [...(found.get(user.id)?.values() ?? [])],
    claimsOf: (user) => claimsOf(user).filter((claim) => addressesOf([claim]).every(isVerified)),
    isSecondary,
  };
}

function evidenceOf(row: Row, user: PushedUser, secondary: boolean): FoundMatch["evidence"] {
  if (!row.proven) {
    return "assertion";
  }
  if (row.told_by === null) {
    return secondary && row.ended ? "secondaryAddress" : "proof";
  }
  const { user_name: userName, email } = row.told_by;
  const secondaryThere = secondaryAddresses({ userName, email }, [row.claim]).length > 0;
  return (secondary || secondaryThere) && (row.ended || !user.active) ? "secondaryAddress" : "proof";
}

/** A user name that is not an address does not identify a person elsewhere. */
function claimsOf(user: PushedUser): Identifier[] {
  return knownBy(user).filter((identifier) => !identifier.startsWith("name:"));
}
