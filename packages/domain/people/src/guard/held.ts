import { newId } from "@sallyport/database";
import { markUsers } from "@sallyport/directories";
import type { EventDraft } from "@sallyport/events";
import type { Batch } from "../directory/batch.ts";
import type { Loss } from "../directory/memberships.ts";

/** Holds what a directory would take from people: with what is held of it already, or else as a change of its own. */
export async function hold(
  batch: Batch,
  directoryId: string,
  losses: ReadonlyMap<string, Loss>,
): Promise<EventDraft> {
  const { rows } = await batch.sql.query<{ id: string; made: boolean }>(
    `WITH made AS (
       INSERT INTO held_changes (id, organization_id, directory_id, created_at) VALUES ($3, $1, $2, $4)
       ON CONFLICT (directory_id) WHERE status = 'held' DO NOTHING
       RETURNING id)
     SELECT id, true AS made FROM made
     UNION ALL
     SELECT id, false FROM held_changes WHERE organization_id = $1 AND directory_id = $2 AND status = 'held'`,
    [batch.organizationId, directoryId, newId(), batch.now],
    "people_open_held_change",
  );
  const [change] = rows;
  if (change === undefined) {
    throw new Error("A held change could not be opened");
  }
  await storeHeld(batch, change.id, losses);
  const suspended = [...losses.values()].filter(({ suspends }) => suspends).length;
  return {
    organizationId: batch.organizationId,
    type: change.made ? "held_change.created" : "held_change.grown",
    resource: { type: "heldChange", id: change.id },
    data: { directoryId, people: losses.size, suspended },
  };
}

/** What is held of people, as it is from now on. */
export async function storeHeld(
  batch: Batch,
  heldChangeId: string | null,
  losses: ReadonlyMap<string, Loss>,
): Promise<void> {
  if (losses.size === 0) {
    return;
  }
  // Lists of roles of one length each do not fit in an array of arrays.
  const rows = [...losses].map(([userId, { suspends, roleIds }]) => ({ userId, suspends, roleIds }));
  await batch.sql.query(
    `INSERT INTO held_people AS h (user_id, organization_id, held_change_id, suspends, role_ids)
     SELECT held."userId", $1, coalesce($2::uuid, before.held_change_id), held.suspends,
            ARRAY(SELECT value::uuid FROM json_array_elements_text(held."roleIds") AS value)
     FROM json_to_recordset($3::json) AS held ("userId" uuid, suspends boolean, "roleIds" json)
     LEFT JOIN held_people before ON before.user_id = held."userId"
     ON CONFLICT (user_id) DO UPDATE
     SET held_change_id = excluded.held_change_id, suspends = excluded.suspends, role_ids = excluded.role_ids`,
    [batch.organizationId, heldChangeId, JSON.stringify(rows)],
    "people_store_held",
  );
}

/**
 * Nothing is held of these people any more: it was applied, or the directory took it back. What was kept of deleted directory
 * users for their sake is looked at again.
 */
export async function release(batch: Batch, userIds: readonly string[]): Promise<EventDraft[]> {
  if (userIds.length === 0) {
    return [];
  }
  await batch.sql.query(
    `WITH released AS (
       DELETE FROM held_people WHERE organization_id = $1 AND user_id = ANY($2::uuid[]))
     ${markUsers(`SELECT $1, du.id, $3 FROM directory_user_links l
                  JOIN directory_users du ON du.id = l.directory_user_id AND du.organization_id = $1
                  WHERE l.user_id = ANY($2::uuid[]) AND du.deleted_at IS NOT NULL`)}`,
    [batch.organizationId, userIds, batch.now],
    "people_release_held",
  );
  const { rows } = await batch.sql.query<{ id: string; directory_id: string }>(
    `UPDATE held_changes c SET status = 'withdrawn', decided_at = $2
     WHERE c.organization_id = $1 AND c.status = 'held' AND c.directory_id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM held_people h WHERE h.held_change_id = c.id)
     RETURNING c.id, c.directory_id`,
    [batch.organizationId, batch.now],
    "people_withdraw_held_changes",
  );
  return rows.map(({ id, directory_id: directoryId }) => ({
    organizationId: batch.organizationId,
    type: "held_change.withdrawn",
    resource: { type: "heldChange", id },
    data: { directoryId },
  }));
}
