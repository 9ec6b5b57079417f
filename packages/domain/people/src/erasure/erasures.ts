import type { Sql } from "@sallyport/database";

/** Somebody who is to be erased, or was. */
export interface Erasure {
  readonly userId: string;
  readonly organizationId: string;
  readonly membershipId: string | null;
  /** Somebody asked for it; else the time of retention has passed. */
  readonly requested: boolean;
  readonly deletedAt: Date;
  readonly erasedAt: Date | null;
}

interface Row {
  readonly user_id: string;
  readonly organization_id: string;
  readonly membership_id: string | null;
  readonly requested: boolean;
  readonly deleted_at: Date;
  readonly erased_at: Date | null;
}

const COLUMNS = `user_id::text AS user_id, organization_id::text AS organization_id, membership_id::text AS membership_id,
  requested_at IS NOT NULL AS requested, deleted_at, erased_at`;

function erasureOf(row: Row): Erasure {
  return {
    userId: row.user_id,
    organizationId: row.organization_id,
    membershipId: row.membership_id,
    requested: row.requested,
    deletedAt: row.deleted_at,
    erasedAt: row.erased_at,
  };
}

/**
 * People were deleted: from now on the organization's time of retention runs for them. Whoever is back by its end is not
 * erased, and the time runs anew when they are deleted again. In the transaction of the deletion.
 */
export async function noteDeleted(
  sql: Sql,
  organizationId: string,
  people: readonly { readonly userId: string; readonly membershipId: string | null }[],
  now: Date,
): Promise<void> {
  if (people.length === 0) {
    return;
  }
  await sql.query(
    `INSERT INTO erasures AS known (user_id, organization_id, membership_id, deleted_at)
     SELECT gone.user_id, $1::uuid, gone.membership_id, $4::timestamptz
     FROM unnest($2::uuid[], $3::uuid[]) AS gone (user_id, membership_id)
     ON CONFLICT (user_id) DO UPDATE SET deleted_at = excluded.deleted_at,
       membership_id = coalesce(excluded.membership_id, known.membership_id)
     WHERE known.erased_at IS NULL AND known.requested_at IS NULL`,
    [organizationId, people.map(({ userId }) => userId), people.map(({ membershipId }) => membershipId), now],
  );
}

/** A person is to be erased at once. Until `claimedUntil` the requesting process does it itself. */
export async function requestErasure(
  sql: Sql,
  person: { readonly organizationId: string; readonly userId: string; readonly membershipId: string | null },
  now: Date,
  claimedUntil: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO erasures AS known (user_id, organization_id, membership_id, deleted_at, requested_at, claimed_until)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4::timestamptz, $4::timestamptz, $5::timestamptz)
     ON CONFLICT (user_id) DO UPDATE SET requested_at = coalesce(known.requested_at, excluded.requested_at),
       membership_id = coalesce(excluded.membership_id, known.membership_id), claimed_until = excluded.claimed_until
     WHERE known.erased_at IS NULL`,
    [person.userId, person.organizationId, person.membershipId, now, claimedUntil],
  );
}

/** By the id of the user, or of the membership that they had. */
export async function findErasure(sql: Sql, organizationId: string, id: string): Promise<Erasure | null> {
  const { rows } = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM erasures
     WHERE organization_id = $1::uuid AND (user_id = $2::uuid OR membership_id = $2::uuid)
     ORDER BY deleted_at DESC LIMIT 1`,
    [organizationId, id],
  );
  const [row] = rows;
  return row === undefined ? null : erasureOf(row);
}

/**
 * Takes somebody whose erasure is due, if there is any, until `claimedUntil`: asked for, or deleted for longer than their
 * organization says. Any number of processes may ask at once.
 * @param defaultDays for organizations that say nothing; null: never
 */
export async function claimDueErasure(
  sql: Sql,
  now: Date,
  claimedUntil: Date,
  defaultDays: number | null,
): Promise<Erasure | null> {
  const { rows } = await sql.query<Row>(
    `UPDATE erasures SET claimed_until = $2::timestamptz
     WHERE user_id = (
       SELECT e.user_id FROM organizations o
       LEFT JOIN retention_policies p ON p.organization_id = o.id
       CROSS JOIN LATERAL (
         SELECT w.user_id, w.deleted_at FROM erasures w
         WHERE w.organization_id = o.id AND w.erased_at IS NULL
           AND (w.claimed_until IS NULL OR w.claimed_until <= $1::timestamptz)
           AND (w.requested_at IS NOT NULL OR w.deleted_at <= $1::timestamptz - make_interval(days =>
             CASE WHEN p.organization_id IS NULL THEN $3::int ELSE p.erase_deleted_after_days END))
         ORDER BY w.deleted_at LIMIT 1 FOR UPDATE SKIP LOCKED) e
       LIMIT 1)
     RETURNING ${COLUMNS}`,
    [now, claimedUntil, defaultDays],
  );
  const [row] = rows;
  return row === undefined ? null : erasureOf(row);
}

/** Whoever erases is at it for some more time. */
export async function extendClaim(sql: Sql, userId: string, claimedUntil: Date): Promise<void> {
  await sql.query("UPDATE erasures SET claimed_until = $2::timestamptz WHERE user_id = $1::uuid", [
    userId,
    claimedUntil,
  ]);
}

/** How many people would have been erased by now if they were erased so many days after their deletion; at most `most`. */
export async function countDeletedFor(
  sql: Sql,
  organizationId: string,
  now: Date,
  days: number,
  most: number,
): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       SELECT 1 FROM erasures
       WHERE organization_id = $1::uuid AND erased_at IS NULL
         AND deleted_at <= $2::timestamptz - make_interval(days => $3::int) LIMIT $4::int) due`,
    [organizationId, now, days, most],
  );
  return rows[0]?.count ?? 0;
}
