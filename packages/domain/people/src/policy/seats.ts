import type { Sql } from "@sallyport/database";
import { markUsers } from "@sallyport/directories";
import type { EventDraft } from "@sallyport/events";
import type { Batch } from "../directory/batch.ts";
import type { MembershipChange, MembershipDecisions } from "../directory/memberships.ts";
import type { Membership } from "../membership.ts";
import type { AccessRules, Seats } from "./policy.ts";

// Each active membership uses a seat. Activating one requires `lockPeople`, so what is counted under it is valid until
// the commit: nobody else takes the seat meanwhile.

export interface SeatUse {
  readonly used: number;
  readonly waiting: number;
}

export async function readSeatUse(sql: Sql, organizationId: string): Promise<SeatUse> {
  const { rows } = await sql.query<SeatUse>(
    `SELECT (SELECT count(*)::int FROM memberships WHERE organization_id = $1::uuid AND status = 'active') AS used,
            (SELECT count(*)::int FROM memberships WHERE organization_id = $1::uuid AND status = 'waiting') AS waiting`,
    [organizationId],
    "people_seat_use",
  );
  return rows[0] ?? { used: 0, waiting: 0 };
}

/** Whether somebody beside those who wait finds a seat. */
export function hasSeat({ limit }: Seats, { used, waiting }: SeatUse): boolean {
  return used + waiting < limit;
}

/**
 * Gives seats to those who would become active: first to who waits the longest, whether in this batch or not, then to who
 * is new. Who gets none waits. No statement where there is no limit, or nobody needs a seat.
 */
export async function assignSeats(
  { sql, organizationId }: Batch,
  { policy: { seats }, seatsAnnounced }: AccessRules,
  decisions: MembershipDecisions,
): Promise<MembershipDecisions> {
  const opening = [
    ...decisions.created.filter(isActive),
    ...decisions.changed.filter(opens).map(({ after }) => after),
  ];
  if (seats === null || opening.length === 0 || (seats.atLimit === "allow" && seatsAnnounced)) {
    return decisions;
  }
  const { rows } = await sql.query<{ used: number; longest: string[] }>(
    `WITH seats AS (
       SELECT count(*)::int AS used FROM memberships WHERE organization_id = $1 AND status = 'active')
     SELECT used, ARRAY(
       SELECT m.user_id FROM memberships m WHERE m.organization_id = $1 AND m.status = 'waiting'
       ORDER BY m.waiting_since, m.id LIMIT greatest($2::int - used, 0)) AS longest
     FROM seats`,
    [organizationId, seats.limit],
    "people_count_seats",
  );
  const { used = 0, longest = [] } = rows[0] ?? {};
  if (seats.atLimit === "allow") {
    return { ...decisions, seatsUsedUp: used + opening.length > seats.limit };
  }
  const waited = new Set(
    decisions.changed.filter(({ before }) => before.status === "waiting").map(({ after }) => after.userId),
  );
  const seated = new Set(longest);
  let free = seats.limit - used - longest.length;
  for (const { userId } of opening) {
    if (!waited.has(userId) && free > 0) {
      seated.add(userId);
      free--;
    }
  }
  const wait = (membership: Membership): Membership =>
    isActive(membership) && !seated.has(membership.userId)
      ? { ...membership, status: "waiting" }
      : membership;
  const created = decisions.created.map(wait);
  const changed = decisions.changed
    .map((change) => (opens(change) ? { ...change, after: wait(change.after) } : change))
    .filter(({ before, after }) => !isSame(before, after));
  const now = new Map(
    [...created, ...changed.map(({ after }) => after)].map((membership) => [membership.id, membership]),
  );
  const before = new Map(decisions.changed.map((change) => [change.after.id, change.before]));
  return {
    memberships: decisions.memberships.map(
      (membership) => now.get(membership.id) ?? before.get(membership.id) ?? membership,
    ),
    created,
    changed,
    seatsUsedUp: [...created, ...changed.map(({ after }) => after)].some(
      ({ status }) => status === "waiting",
    ),
  };
}

function isActive({ status }: Membership): boolean {
  return status === "active";
}

function opens({ before, after }: MembershipChange): boolean {
  return before.status !== "active" && after.status === "active";
}

function isSame(one: Membership, other: Membership): boolean {
  return one.status === other.status && one.source === other.source && one.directory === other.directory;
}

/** Tells once that the seats are used up, until there are seats again. */
export async function announceSeats(sql: Sql, organizationId: string, now: Date): Promise<EventDraft[]> {
  const { rows } = await sql.query<{ limit: number; used: number }>(
    `UPDATE access_policies SET seats_announced_at = $2::timestamptz
     WHERE organization_id = $1::uuid AND seats_announced_at IS NULL AND seat_limit IS NOT NULL
     RETURNING seat_limit AS "limit",
       (SELECT count(*)::int FROM memberships m WHERE m.organization_id = $1::uuid AND m.status = 'active') AS used`,
    [organizationId, now],
    "people_announce_seats",
  );
  return rows.map((data) => ({
    organizationId,
    type: "organization.seat_limit_reached",
    resource: { type: "organization", id: organizationId },
    data,
  }));
}

/**
 * Has the reconciler look at those who wait the longest, as many as there are seats for now; all where there is no limit.
 * To be called under `lockPeople` after seats were freed, and the reconciler to be asked for.
 */
export async function offerSeats(sql: Sql, organizationId: string, now: Date): Promise<void> {
  await sql.query(
    `WITH seats AS MATERIALIZED (
       SELECT CASE WHEN p.at_seat_limit = 'hold' AND p.seat_limit IS NOT NULL THEN p.seat_limit -
                (SELECT count(*) FROM memberships WHERE organization_id = $1::uuid AND status = 'active') END AS free
       FROM (SELECT 1) AS one LEFT JOIN access_policies p ON p.organization_id = $1::uuid
     ), longest AS MATERIALIZED (
       SELECT m.user_id FROM memberships m WHERE m.organization_id = $1::uuid AND m.status = 'waiting'
       ORDER BY m.waiting_since, m.id
       LIMIT (SELECT CASE WHEN free < 0 THEN 0 ELSE free END FROM seats)
     ), told AS (
       UPDATE access_policies SET seats_announced_at = NULL
       WHERE organization_id = $1::uuid AND seats_announced_at IS NOT NULL
         AND seat_limit > (SELECT count(*) FROM memberships
                           WHERE organization_id = $1::uuid AND status IN ('active', 'waiting'))
     )
     ${markUsers(`SELECT $1::uuid, l.directory_user_id, $2::timestamptz
                  FROM longest JOIN directory_user_links l ON l.user_id = longest.user_id`)}`,
    [organizationId, now],
    "people_offer_seats",
  );
}

/** The organizations in which somebody waits although there are seats: the net under whatever freed one. */
export async function findFreeSeats(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ organization_id: string }>(
    `SELECT waiting.organization_id
     FROM (SELECT DISTINCT organization_id FROM memberships WHERE status = 'waiting') AS waiting
     LEFT JOIN access_policies p ON p.organization_id = waiting.organization_id
     WHERE p.seat_limit IS NULL OR p.at_seat_limit = 'allow' OR p.seat_limit > (
       SELECT count(*) FROM memberships m WHERE m.organization_id = waiting.organization_id AND m.status = 'active')`,
  );
  return rows.map((row) => row.organization_id);
}
