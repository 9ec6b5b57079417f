import type { Batch } from "./batch.ts";

// A changed group is passed on to its members, so many groups fit in a batch; members are marked in portions.
const GROUPS = 100;
const MEMBERS = 5_000;

/**
 * Passes what changed about groups (name, end, mapping) on to their members, by raising the members' generation; then
 * the groups count as observed, and deleted ones go.
 *
 * A member that is dirty already needs no raise: it is looked at after this. A group or member row that a SCIM request
 * is just changing is left alone, so that neither waits for the other: the group stays dirty until all are marked.
 *
 * Returns "none" when there was nothing to do; else it is to be called again.
 */
export async function observeGroups(batch: Batch): Promise<"some" | "none"> {
  const { sql, organizationId } = batch;
  const { rows: groups } = await sql.query<{ id: string; deleted: boolean }>(
    `SELECT id, deleted_at IS NOT NULL AS deleted
     FROM directory_groups
     WHERE organization_id = $1 AND generation > observed_generation
     ORDER BY id LIMIT $2
     FOR NO KEY UPDATE SKIP LOCKED`,
    [organizationId, GROUPS],
    "reconcile_dirty_groups",
  );
  if (groups.length === 0) return "none";
  const ids = groups.map((group) => group.id);
  if (!(await markMembers(batch, ids))) return "some";

  const deleted = groups.filter((group) => group.deleted).map((group) => group.id);
  if (deleted.length > 0) {
    // Takes the group's memberships and bindings with it.
    await sql.query("DELETE FROM directory_groups WHERE organization_id = $1 AND id = ANY($2::uuid[])", [
      organizationId,
      deleted,
    ]);
  }
  // The rows are locked: `generation` is still the one that was read.
  await sql.query(
    "UPDATE directory_groups SET observed_generation = generation WHERE organization_id = $1 AND id = ANY($2::uuid[])",
    [organizationId, ids],
  );
  return "some";
}

/** Marks one portion of the groups' clean members as dirty. Returns whether none is left to mark. */
async function markMembers(batch: Batch, groupIds: readonly string[]): Promise<boolean> {
  const { rows } = await batch.sql.query<{ clean: number; marked: number }>(
    `WITH clean AS (
       SELECT DISTINCT du.id
       FROM directory_group_members gm
       JOIN directory_users du ON du.id = gm.user_id
       WHERE gm.organization_id = $1 AND gm.group_id = ANY($2::uuid[])
         AND du.organization_id = $1 AND du.generation = du.observed_generation
       LIMIT $3
     ), free AS (
       SELECT id FROM directory_users
       WHERE organization_id = $1 AND id IN (SELECT id FROM clean)
       FOR NO KEY UPDATE SKIP LOCKED
     ), marked AS (
       UPDATE directory_users SET generation = generation + 1
       WHERE organization_id = $1 AND id IN (SELECT id FROM free)
       RETURNING 1
     )
     SELECT (SELECT count(*)::int FROM clean) AS clean, (SELECT count(*)::int FROM marked) AS marked`,
    [batch.organizationId, groupIds, MEMBERS],
    "reconcile_mark_members",
  );
  const { clean = 0, marked = 0 } = rows[0] ?? {};
  return clean === marked && clean < MEMBERS;
}
