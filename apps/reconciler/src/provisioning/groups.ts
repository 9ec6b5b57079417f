import { checked } from "@sallyport/database";
import type { Batch } from "./batch.ts";

// A changed group is passed on to its members, so many groups fit in a batch; members are marked in portions.
const GROUPS = 100;
const MEMBERS = 5_000;

/**
 * Passes what changed about groups (name, end, mapping) on to their members, by marking them; then the groups' own marks
 * are taken, and deleted groups go. A member that has a mark already needs none: it is looked at after this.
 *
 * Returns "none" when there was nothing to do; else it is to be called again.
 */
export async function observeGroups(batch: Batch): Promise<"some" | "none"> {
  const { sql, organizationId } = batch;
  const { rows: marks } = await sql.query<{ id: string; mark: string; deleted: boolean }>(
    `SELECT d.directory_group_id AS id, d.mark, g.deleted_at IS NOT NULL AS deleted
     FROM dirty_directory_groups d
     LEFT JOIN LATERAL (
       SELECT g.deleted_at FROM directory_groups g
       WHERE g.id = d.directory_group_id AND ${checked("g.organization_id = $1")} OFFSET 0
     ) g ON true
     WHERE d.organization_id = $1
     ORDER BY d.directory_group_id, d.mark LIMIT $2`,
    [organizationId, GROUPS],
    "reconcile_dirty_groups",
  );
  if (marks.length === 0) return "none";
  const ids = [...new Set(marks.map((group) => group.id))];
  if (!(await markMembers(batch, ids))) return "some";

  const deleted = [...new Set(marks.filter((group) => group.deleted).map((group) => group.id))];
  if (deleted.length > 0) {
    // Takes the group's memberships and bindings with it.
    await sql.query("DELETE FROM directory_groups WHERE organization_id = $1 AND id = ANY($2::uuid[])", [
      organizationId,
      deleted,
    ]);
  }
  // These marks and no other: one that came meanwhile stands for what was not seen.
  await sql.query(
    "DELETE FROM dirty_directory_groups WHERE organization_id = $1 AND mark = ANY($2::bigint[])",
    [organizationId, marks.map(({ mark }) => mark)],
  );
  return "some";
}

/** Marks one portion of the groups' members that have no mark. Returns whether none is left to mark. */
async function markMembers(batch: Batch, groupIds: readonly string[]): Promise<boolean> {
  const { rows } = await batch.sql.query<{ marked: number }>(
    `WITH clean AS (
       SELECT user_id FROM directory_group_members
       WHERE ${checked("organization_id = $1")} AND group_id = ANY($2::uuid[])
       EXCEPT SELECT directory_user_id FROM dirty_directory_users WHERE organization_id = $1
       LIMIT $3
     ), marked AS (
       INSERT INTO dirty_directory_users (organization_id, directory_user_id, marked_at)
       SELECT $1, user_id, $4 FROM clean
       RETURNING 1
     )
     SELECT count(*)::int AS marked FROM marked`,
    [batch.organizationId, groupIds, MEMBERS, batch.now],
    "reconcile_mark_members",
  );
  return (rows[0]?.marked ?? 0) < MEMBERS;
}
