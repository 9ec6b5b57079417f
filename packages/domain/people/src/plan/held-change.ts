import type { Sql } from "@sallyport/database";
import { type AccessPlan, type PlanPage, planAccess } from "./access.ts";

/**
 * What would become of the people of a held change if it were confirmed now: by what the directory says now, not by what it
 * said when it was held.
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
