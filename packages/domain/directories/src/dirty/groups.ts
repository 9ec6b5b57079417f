import { updateAncestors } from "../nesting/ancestors.ts";
import { admitMembers } from "../pending/members.ts";
import type { Batch } from "./batch.ts";
import { markUsers } from "./mark.ts";

// A changed group is passed on to its members, and to those of the groups in it, so many groups fit in a batch; members are
// marked in portions.
const GROUPS = 100;
const MEMBERS = 5_000;

/**
 * Passes what changed about groups (name, end, mapping, the groups that they are in) on to their effective members, by
 * marking them; then the groups' own marks are taken, and deleted groups go, once no group is in them any more. A member
 * that has a mark already needs none: it is looked at after this.
 *
 * Returns "none" when there was nothing to do; else it is to be called again.
 */
export async function propagateGroups(batch: Batch): Promise<"some" | "none"> {
  const { sql, organizationId } = batch;
  const { rows: groups } = await sql.query<{
    id: string;
    marks: string[];
    deleted: boolean;
    nested: boolean;
    has_pending: boolean;
  }>(
    `WITH dirty AS MATERIALIZED (
       SELECT DISTINCT directory_group_id AS id FROM dirty_directory_groups
       WHERE organization_id = $1 ORDER BY 1 LIMIT $2
     )
     SELECT dirty.id, g.deleted_at IS NOT NULL AS deleted,
            g.id IS NOT NULL AND (
              EXISTS (SELECT 1 FROM directory_group_nestings n WHERE n.member_group_id = dirty.id)
              OR EXISTS (SELECT 1 FROM directory_group_ancestors a WHERE a.group_id = dirty.id)
              OR g.deleted_at IS NOT NULL
                AND EXISTS (SELECT 1 FROM directory_group_nestings n WHERE n.group_id = dirty.id)) AS nested,
            EXISTS (SELECT 1 FROM directory_pending_members WHERE organization_id = $1) AS has_pending,
            ARRAY(SELECT d.mark FROM dirty_directory_groups d
                  WHERE d.organization_id = $1 AND d.directory_group_id = dirty.id) AS marks
     FROM dirty
     LEFT JOIN directory_groups g ON g.id = dirty.id AND g.organization_id = $1`,
    [organizationId, GROUPS],
    "reconcile_dirty_groups",
  );
  if (groups.length === 0) {
    return "none";
  }
  const ids = groups.map((group) => group.id);
  if (groups[0]?.has_pending === true) {
    await admitMembers(batch, ids);
  }
  if (!(await markMembers(batch, ids))) {
    return "some";
  }

  const nested = groups.filter((group) => group.nested);
  if (nested.length > 0) {
    await updateAncestors(sql, organizationId, nested, batch.now);
  }
  const deleted = groups.filter((group) => group.deleted).map((group) => group.id);
  if (deleted.length > 0) {
    // Takes the group's memberships and bindings with it. While groups are in it, their members are still to be marked:
    // the last of these groups marks it again.
    await sql.query(
      `DELETE FROM directory_groups g WHERE g.organization_id = $1 AND g.id = ANY($2::uuid[])
         AND NOT EXISTS (SELECT 1 FROM directory_group_ancestors a WHERE a.ancestor_id = g.id)`,
      [organizationId, deleted],
    );
  }
  // These marks and no other: one that came meanwhile stands for what was not seen.
  await sql.query(
    `DELETE FROM dirty_directory_groups
     WHERE organization_id = $1 AND directory_group_id = ANY($2::uuid[]) AND mark = ANY($3::bigint[])`,
    [organizationId, ids, groups.flatMap(({ marks }) => marks)],
  );
  return "some";
}

/** Marks one portion of the groups' effective members that have no mark. Returns whether none is left to mark. */
async function markMembers(batch: Batch, groupIds: readonly string[]): Promise<boolean> {
  const { rows } = await batch.sql.query<{ marked: number }>(
    // MATERIALIZED: because of the LIMIT the planner would else go through all groups' members in the order of users.
    `WITH members AS MATERIALIZED (
       SELECT user_id FROM directory_group_members WHERE organization_id = $1 AND group_id = ANY($2::uuid[])
       UNION ALL
       SELECT gm.user_id FROM directory_group_ancestors a JOIN directory_group_members gm ON gm.group_id = a.group_id
       WHERE a.organization_id = $1 AND a.ancestor_id = ANY($2::uuid[])
     ), clean AS (
       SELECT DISTINCT m.user_id FROM members m
       WHERE NOT EXISTS (
         SELECT 1 FROM dirty_directory_users d
         WHERE d.organization_id = $1 AND d.directory_user_id = m.user_id)
       LIMIT $3
     ), marked AS (
       ${markUsers("SELECT $1, user_id, $4 FROM clean RETURNING 1")}
     )
     SELECT count(*)::int AS marked FROM marked`,
    [batch.organizationId, groupIds, MEMBERS, batch.now],
    "reconcile_mark_members",
  );
  return (rows[0]?.marked ?? 0) < MEMBERS;
}
