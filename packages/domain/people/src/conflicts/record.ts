import { newId, type Sql } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import { addressesOf, type Identifier } from "../identifiers.ts";
import type { Source } from "../membership.ts";
import { unverifiedEvent } from "../unverified-event.ts";

/** Two users who may be one person, or one address that two claim. */
export interface NewConflict {
  /** The later one, who stays apart. */
  readonly userId: string;
  readonly otherUserId: string;
  /** What both claim. */
  readonly claim: Identifier;
  /** What showed it: a push, a login, an administrator's hand. */
  readonly source: Source;
}

/**
 * Records conflicts: between two users one is open at a time, whichever of the two came later and whatever else they both
 * claim; one that was settled is not raised again.
 */
export async function recordConflicts(
  sql: Sql,
  organizationId: string,
  found: readonly NewConflict[],
  now: Date,
): Promise<EventDraft[]> {
  if (found.length === 0) {
    return [];
  }
  const conflicts = onePerPair(found);
  const { rows } = await sql.query<{ id: string; user_id: string; other_user_id: string; claim: string }>(
    `INSERT INTO conflicts (id, organization_id, user_id, other_user_id, claim, source, created_at)
     SELECT new.id, $1::uuid, new.user_id, new.other_user_id, new.claim, new.source, $7::timestamptz
     FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::source[])
       AS new (id, user_id, other_user_id, claim, source)
     WHERE NOT EXISTS (
       SELECT 1 FROM conflicts c
       WHERE c.organization_id = $1::uuid AND c.user_id = new.other_user_id AND c.other_user_id = new.user_id
         AND (c.claim = new.claim OR c.resolved_at IS NULL)
       UNION ALL
       SELECT 1 FROM conflicts c
       WHERE c.organization_id = $1::uuid AND c.user_id = new.user_id AND c.other_user_id = new.other_user_id
         AND c.resolved_at IS NULL)
     ON CONFLICT (user_id, other_user_id, claim) DO NOTHING
     RETURNING id, user_id, other_user_id, claim`,
    [
      organizationId,
      conflicts.map(() => newId()),
      conflicts.map(({ userId }) => userId),
      conflicts.map(({ otherUserId }) => otherUserId),
      conflicts.map(({ claim }) => claim),
      conflicts.map(({ source }) => source),
      now,
    ],
  );
  const created = rows.map(
    (row): EventDraft => ({
      organizationId,
      type: "conflict.created",
      resource: { type: "conflict", id: row.id },
      after: { userId: row.user_id, otherUserId: row.other_user_id, claim: row.claim },
    }),
  );
  const claimed = rows.flatMap(({ user_id, other_user_id, claim }) =>
    addressesOf([claim]).flatMap((address) =>
      [user_id, other_user_id].map((userId) => ({ userId, address })),
    ),
  );
  return [...created, ...(await unverifyAsserted(sql, organizationId, claimed, now))];
}

function onePerPair(conflicts: readonly NewConflict[]): NewConflict[] {
  const byPair = new Map<string, NewConflict>();
  for (const conflict of conflicts) {
    const pair = [conflict.userId, conflict.otherUserId].sort().join(" ");
    if (!byPair.has(pair)) {
      byPair.set(pair, conflict);
    }
  }
  return [...byPair.values()];
}

/**
 * An address that somebody merely asserts is verified no longer once another has it: applications must not take the one for
 * the other.
 */
async function unverifyAsserted(
  sql: Sql,
  organizationId: string,
  claimed: readonly { readonly userId: string; readonly address: string }[],
  now: Date,
): Promise<EventDraft[]> {
  if (claimed.length === 0) {
    return [];
  }
  const { rows } = await sql.query<{ id: string }>(
    `UPDATE users u SET email_verified = false, updated_at = $4::timestamptz
     FROM (SELECT DISTINCT id, address FROM unnest($2::uuid[], $3::text[]) AS claimed (id, address)) claimed
     WHERE u.id = claimed.id AND u.organization_id = $1::uuid AND u.email = claimed.address
       AND u.email_verified AND u.email_proof IS NULL
       AND NOT EXISTS (
         SELECT 1 FROM directory_user_links l
         JOIN directory_identifiers k ON k.directory_user_id = l.directory_user_id AND k.organization_id = $1::uuid
         WHERE l.user_id = u.id AND k.value = 'address:' || u.email AND k.current)
     RETURNING u.id`,
    [organizationId, claimed.map(({ userId }) => userId), claimed.map(({ address }) => address), now],
    "people_unverify_asserted",
  );
  return rows.map(({ id }) => unverifiedEvent(organizationId, id));
}
