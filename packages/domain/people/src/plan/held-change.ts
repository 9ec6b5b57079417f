import type { Sql } from "@sallyport/database";
import { type AccessPlan, type CandidateRow, type PlanPage, planAccess } from "./access.ts";

/** Whose sessions would end if a held change of a connection were confirmed now; they gain and lose nothing else. */
export async function planHeldSessionEnds(
  sql: Sql,
  organizationId: string,
  now: Date,
  heldChangeId: string,
  { after, limit, counts }: PlanPage,
): Promise<AccessPlan> {
  const { rows } = await sql.query<CandidateRow & { people: number }>(
    `WITH meant AS (
       SELECT m.id, m.user_id FROM held_session_ends h
       JOIN memberships m ON m.user_id = h.user_id AND m.organization_id = $1::uuid
       WHERE h.held_change_id = $2::uuid AND h.organization_id = $1::uuid
         AND EXISTS (SELECT FROM sessions s
                     WHERE s.user_id = h.user_id AND s.organization_id = $1::uuid AND s.revoked_at IS NULL
                       AND s.expires_at > $3::timestamptz AND s.created_at <= h.begun_until))
     SELECT meant.id, meant.user_id, u.email, u.name, (SELECT count(*) FROM meant)::int AS people
     FROM meant JOIN users u ON u.id = meant.user_id
     WHERE $4::uuid IS NULL OR meant.id > $4::uuid
     ORDER BY meant.id LIMIT $5::int`,
    [organizationId, heldChangeId, now, after, limit + 1],
  );
  const changes = rows.slice(0, limit).map(({ id, user_id, email, name }) => ({
    ...{ membershipId: id, userId: user_id, email, name },
    ...{ suspended: false, admitted: false, gains: [], loses: [] },
  }));
  return {
    counts: counts ?? { people: rows[0]?.people ?? 0, gain: 0, lose: 0, suspend: 0, admit: 0 },
    changes,
    more: rows.length > limit,
  };
}

/**
 * What would become of the people of a directory's held change if it were confirmed now: by what the directory says now, not
 * by what it said when it was held.
 *
 * @param sql inside a transaction of its own
 */
export function planHeldChange(
  sql: Sql,
  organizationId: string,
  now: Date,
  heldChangeId: string,
  page: PlanPage,
): Promise<AccessPlan> {
  const candidates = {
    text: `m.user_id IN (SELECT h.user_id FROM held_people h
                         WHERE h.held_change_id = $2::uuid AND h.organization_id = $1::uuid)`,
    values: [organizationId, heldChangeId],
  };
  return planAccess(
    sql,
    organizationId,
    now,
    { candidates, mappings: null, endedMappings: [], keepsHeld: false },
    page,
  );
}
