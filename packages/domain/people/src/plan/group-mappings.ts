import type { Sql } from "@sallyport/database";
import { likeOf, type Mapping } from "../group-match.ts";
import { type AccessPlan, type PlanPage, planAccess } from "./access.ts";

export interface MappingChange {
  /** All of the organization, as they would be. */
  readonly mappings: readonly Mapping[];
  readonly added: readonly Mapping[];
  readonly removed: readonly Mapping[];
}

// Members of groups of these names, by whatever way, and those to whom a sign-in gave a role by one of them. A directory
// that a mapping is limited to narrows it no further: whoever is looked at in vain is not told of.
const IN_CHANGED_GROUPS = `m.user_id IN (
  SELECT l.user_id FROM (
    SELECT id FROM directory_groups g
    WHERE g.organization_id = $1::uuid AND g.display_name_key = ANY($2::text[]) AND g.deleted_at IS NULL
      AND g.directory_id IN (SELECT id FROM directories WHERE organization_id = $1::uuid)
    UNION
    SELECT id FROM directory_groups g
    WHERE cardinality($4::text[]) > 0 AND g.organization_id = $1::uuid AND g.display_name_key LIKE ANY($4::text[])
      AND g.deleted_at IS NULL AND g.directory_id IN (SELECT id FROM directories WHERE organization_id = $1::uuid)) g
  CROSS JOIN LATERAL (
    SELECT g.id AS group_id UNION ALL
    SELECT a.group_id FROM directory_group_ancestors a WHERE a.ancestor_id = g.id) reached
  JOIN directory_group_members gm ON gm.group_id = reached.group_id
  JOIN directory_user_links l ON l.directory_user_id = gm.user_id
  UNION ALL
  SELECT bound.user_id FROM role_bindings b JOIN memberships bound ON bound.id = b.membership_id
  WHERE b.organization_id = $1::uuid AND b.role_id = ANY($3::uuid[]) AND b.source = 'jit'
    AND (b.group_key = ANY($2::text[]) OR b.group_key LIKE ANY($4::text[])))`;

/**
 * Who would gain or lose which roles by a change of the group mappings. What a member would gain only at their next
 * sign-in, by a group that their identity provider asserts, is not in it.
 *
 * @param sql inside a transaction of its own
 */
export function planGroupMappings(
  sql: Sql,
  organizationId: string,
  now: Date,
  { mappings, added, removed }: MappingChange,
  page: PlanPage,
): Promise<AccessPlan> {
  const changed = [...added, ...removed];
  const whole = changed.filter(({ match }) => match === "exact");
  const keys = [...new Set(whole.map(({ groupKey }) => groupKey))];
  const patterns = changed.map(likeOf).filter((pattern) => pattern !== null);
  const roleIds = [...new Set(removed.map(({ roleId }) => roleId))];
  const candidates = { text: IN_CHANGED_GROUPS, values: [organizationId, keys, roleIds, patterns] };
  return planAccess(
    sql,
    organizationId,
    now,
    { candidates, mappings, endedMappings: removed, keepsHeld: true },
    page,
  );
}
