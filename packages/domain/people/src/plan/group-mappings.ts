import type { Sql } from "@sallyport/database";
import type { Mapping } from "../directory/bindings.ts";
import { type AccessPlan, type PlanPage, planAccess } from "./access.ts";

export interface MappingChange {
  /** All of the organization, as they would be. */
  readonly mappings: readonly Mapping[];
  readonly added: readonly Mapping[];
  readonly removed: readonly Mapping[];
}

// Members of groups of these names, by whatever way, and those to whom a sign-in gave a role by one of them.
const IN_CHANGED_GROUPS = `m.user_id IN (
  SELECT l.user_id FROM directory_groups g
  CROSS JOIN LATERAL (
    SELECT g.id AS group_id UNION ALL
    SELECT a.group_id FROM directory_group_ancestors a WHERE a.ancestor_id = g.id) reached
  JOIN directory_group_members gm ON gm.group_id = reached.group_id
  JOIN directory_user_links l ON l.directory_user_id = gm.user_id
  WHERE g.organization_id = $1::uuid AND g.display_name_key = ANY($2::text[]) AND g.deleted_at IS NULL
    AND g.directory_id IN (SELECT id FROM directories WHERE organization_id = $1::uuid)
  UNION ALL
  SELECT bound.user_id FROM role_bindings b JOIN memberships bound ON bound.id = b.membership_id
  WHERE b.organization_id = $1::uuid AND b.role_id = ANY($3::uuid[]) AND b.source = 'jit' AND b.group_key = ANY($2::text[]))`;

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
  const keys = [...new Set(changed.map(({ groupKey }) => groupKey))];
  const roleIds = [...new Set(removed.map(({ roleId }) => roleId))];
  const candidates = { text: IN_CHANGED_GROUPS, values: [organizationId, keys, roleIds] };
  return planAccess(
    sql,
    organizationId,
    now,
    { candidates, mappings, endedMappings: removed, keepsHeld: true },
    page,
  );
}
