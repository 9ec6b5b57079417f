/**
 * SQL: the ids of all groups of a directory user, as `group_id` and `direct`: those that it is a member of, and the groups
 * that these are in. A group comes once for each way; a deleted one comes until the reconciler has seen its end.
 *
 * @param userId an expression: the directory user's id
 * @param condition on the user's memberships `gm`
 */
export function groupsOf(userId: string, condition = "true"): string {
  return `
    SELECT reached.group_id, reached.direct
    FROM directory_group_members gm
    CROSS JOIN LATERAL (
      SELECT gm.group_id, true AS direct
      UNION ALL
      SELECT a.ancestor_id, false FROM directory_group_ancestors a WHERE a.group_id = gm.group_id) reached
    WHERE gm.user_id = ${userId} AND ${condition}`;
}
