import { domainOf } from "../address.ts";
import { addressesOf, besideOf, type Identifier, storedKeysOf } from "../identifiers.ts";
import { type Batch, knownBy, type PushedUser } from "./batch.ts";

/** A user who may be the person that a directory user is. */
export interface FoundMatch {
  readonly userId: string;
  /** What both are known by. */
  readonly claim: Identifier;
  /** Another active directory user of the same directory stands for this user. */
  readonly taken: boolean;
  /** No directory has this user active any more, and the claim is an address beside the directory user's own. */
  readonly left: boolean;
  /** The user merely asserts the address. */
  readonly asserted: boolean;
}

/** All that may be known of who directory users are, by the directory user's id. */
export interface Matches {
  of(user: PushedUser): readonly FoundMatch[];
  /** By what others may be found to be the user: the externalId, and addresses whose domain the organization has verified. */
  claimsOf(user: PushedUser): readonly Identifier[];
  /** The claim is an address that the user has beside their own. */
  isBeside(user: { readonly id: string }, claim: Identifier): boolean;
}

interface Row {
  readonly id: string;
  readonly claim: string;
  readonly user_id: string;
  readonly taken: boolean;
  readonly ended: boolean;
  readonly proven: boolean;
}

/**
 * Finds the users who may be the persons that directory users are:
 * - by an address whose domain the organization has verified: whoever holds it by proof, or merely asserts it;
 * - by the externalId: whom the same directory knew by it;
 * - by what a connection says its subjects are: whoever signed in with it.
 */
export async function findMatches(batch: Batch, users: readonly PushedUser[]): Promise<Matches> {
  const asked = users.flatMap((user) => [
    ...claimsOf(user).map((identifier) => ({
      id: user.id,
      directoryId: user.directoryId,
      identifier,
      key: null,
    })),
    ...storedKeysOf(user).map((key) => ({
      id: user.id,
      directoryId: user.directoryId,
      identifier: null,
      key,
    })),
  ]);
  const { rows } = await batch.sql.query<{ domains: string[]; matches: Row[] }>(
    `SELECT ARRAY(SELECT verified_name FROM domains WHERE organization_id = $1 AND verified_name IS NOT NULL) AS domains,
            coalesce((
       SELECT json_agg(json_build_object('id', asked.id, 'claim', coalesce(asked.identifier, asked.key), 'user_id', found.user_id,
         'proven', found.proven,
         'taken', EXISTS (
           SELECT 1 FROM directory_user_links l CROSS JOIN LATERAL (
             SELECT 1 FROM directory_users du
             WHERE du.id = l.directory_user_id AND du.directory_id = asked.directory_id AND du.active
               AND du.deleted_at IS NULL OFFSET 0) du
           WHERE l.user_id = found.user_id AND l.directory_user_id <> asked.id),
         'ended', EXISTS (SELECT 1 FROM directory_user_links l WHERE l.user_id = found.user_id)
           AND NOT EXISTS (
             SELECT 1 FROM directory_user_links l CROSS JOIN LATERAL (
               SELECT 1 FROM directory_users du
               WHERE du.id = l.directory_user_id AND du.active AND du.deleted_at IS NULL OFFSET 0) du
             WHERE l.user_id = found.user_id)) ORDER BY asked.id, found.user_id)
       FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) AS asked (id, directory_id, identifier, key)
       CROSS JOIN LATERAL (
         SELECT l.user_id, true AS proven
         FROM directory_identifiers k CROSS JOIN LATERAL (
           SELECT l.user_id FROM directory_user_links l WHERE l.directory_user_id = k.directory_user_id OFFSET 0) l
         WHERE k.organization_id = $1 AND k.value = asked.identifier AND k.current AND k.directory_user_id <> asked.id
           AND (asked.identifier LIKE 'address:%' OR k.directory_id = asked.directory_id)
         UNION
         SELECT u.id, u.email_proof IS NOT NULL FROM users u
         WHERE asked.identifier LIKE 'address:%' AND u.organization_id = $1 AND u.email = substr(asked.identifier, 9)
         UNION
         SELECT i.user_id, true FROM identities i WHERE i.organization_id = $1 AND i.directory_key = asked.key
       ) AS found), '[]') AS matches`,
    [
      batch.organizationId,
      asked.map(({ id }) => id),
      asked.map(({ directoryId }) => directoryId),
      asked.map(({ identifier }) => identifier),
      asked.map(({ key }) => key),
    ],
    "people_find_matches",
  );
  const verified = new Set(rows[0]?.domains);
  const isVerified = (address: string) => verified.has(domainOf(address) ?? "");
  const found = new Map<string, FoundMatch[]>();
  const besides = new Map(users.map((user) => [user.id, new Set(besideOf(user, knownBy(user)))]));
  const isBeside: Matches["isBeside"] = ({ id }, claim) => besides.get(id)?.has(claim) === true;
  for (const { id, claim, user_id: userId, taken, ended, proven } of rows[0]?.matches ?? []) {
    const [address] = addressesOf([claim]);
    if (address !== undefined && !isVerified(address)) {
      continue;
    }
    const match = { userId, claim, taken, left: ended && isBeside({ id }, claim), asserted: !proven };
    const list = found.get(id) ?? [];
    const known = list.findIndex((other) => other.userId === userId);
    // Of all that leads to the same user the strongest counts.
    if (known === -1) {
      list.push(match);
    } else if (!match.left && !match.asserted) {
      list[known] = match;
    }
    found.set(id, list);
  }
  return {
    of: (user) => found.get(user.id) ?? [],
    claimsOf: (user) => claimsOf(user).filter((claim) => addressesOf([claim]).every(isVerified)),
    isBeside,
  };
}

/** A user name that is no address tells nothing of who somebody is. */
function claimsOf(user: PushedUser): Identifier[] {
  return knownBy(user).filter((identifier) => !identifier.startsWith("name:"));
}
