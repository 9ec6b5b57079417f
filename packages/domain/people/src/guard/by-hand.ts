import type { Batch } from "../directory/batch.ts";
import { readGroupGrants } from "../directory/bindings.ts";
import { type Loss, readDirectoryStates } from "../directory/memberships.ts";
import type { Mapping } from "../group-match.ts";
import type { Membership } from "../membership.ts";
import type { AccessRules, Precedence } from "../policy/policy.ts";

/**
 * What of the losses is an administrator's own act, which nobody holds: they deleted a directory, took away a mapping by
 * which the member would have the role still, or changed the order of directories by which the member would have it.
 */
export async function lossesByHand(
  batch: Batch,
  losses: ReadonlyMap<string, Loss>,
  memberships: readonly Membership[],
  { policy, former }: AccessRules,
): Promise<Map<string, Loss>> {
  const members = memberships.filter(({ userId }) => losses.has(userId));
  const { rows } = await batch.sql.query<{
    deleted: string[];
    mappings: Mapping[];
  }>(
    `SELECT ARRAY(
              SELECT l.user_id FROM directory_user_links l
              JOIN directory_users du ON du.id = l.directory_user_id
              JOIN directories d ON d.id = du.directory_id AND d.deleted_at IS NOT NULL
              WHERE l.user_id = ANY($2::uuid[])) AS deleted,
            coalesce((SELECT json_agg(json_build_object('groupKey', group_key, 'match', match, 'roleId', role_id,
                        'directoryId', directory_id))
                      FROM ended_mappings WHERE organization_id = $1), '[]') AS mappings`,
    [batch.organizationId, members.map(({ userId }) => userId)],
    "people_losses_by_hand",
  );
  const deleted = new Set(rows[0]?.deleted);
  const mappings = rows[0]?.mappings ?? [];
  const granted =
    mappings.length === 0 ? [] : await readGroupGrants(batch, members, mappings, policy.precedence);
  const saidBefore = new Set<string>();
  if (former !== null && !isSame(former.precedence, policy.precedence)) {
    granted.push(...(await readGroupGrants(batch, members, null, former.precedence)));
    const userIds = members.map(({ userId }) => userId);
    const { says } = await readDirectoryStates(batch, userIds, former.precedence);
    for (const [userId, { active }] of says) {
      if (active) {
        saidBefore.add(userId);
      }
    }
  }
  const rolesOf = new Map<string, Set<string>>();
  for (const { membershipId, roleId } of granted) {
    rolesOf.set(membershipId, (rolesOf.get(membershipId) ?? new Set()).add(roleId));
  }
  const byHand = new Map<string, Loss>();
  for (const { id, userId } of members) {
    const loss = losses.get(userId);
    if (loss === undefined) {
      continue;
    }
    const roleIds = loss.roleIds.filter((roleId) => rolesOf.get(id)?.has(roleId));
    if (deleted.has(userId) || (loss.suspends && saidBefore.has(userId))) {
      byHand.set(userId, loss);
    } else if (!loss.suspends && roleIds.length > 0) {
      byHand.set(userId, { suspends: false, roleIds });
    }
  }
  return byHand;
}

function isSame(one: Precedence, other: Precedence): boolean {
  return one.rolesFromFirst === other.rolesFromFirst && one.order.join() === other.order.join();
}
