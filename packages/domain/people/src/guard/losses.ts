import type { AccessDecisions } from "../directory/access.ts";
import { endsAccess, type HeldLoss, type Loss } from "../directory/memberships.ts";

/**
 * What members lose by what was decided, by user: nobody who loses nothing. Who loses the default role by itself loses it since
 * a group gives them one now, or since an administrator set another: no directory takes it.
 */
export function lossesOf({ memberships, bindings, rules }: AccessDecisions): Map<string, Loss> {
  const byDefault = [rules.policy.defaultRoleId, rules.former?.defaultRoleId];
  const losses = new Map<string, Loss>();
  const suspended = memberships.changed.filter(endsAccess).map(({ after }) => after.userId);
  if (bindings.revoked.length > 0) {
    const revoked = new Set(bindings.revoked);
    const stays = bindings.present.filter((binding) => !revoked.has(binding));
    const has = new Set([...stays, ...bindings.granted].map(keyOf));
    const userIdOf = new Map(memberships.memberships.map(({ id, userId }) => [id, userId]));
    for (const binding of bindings.revoked) {
      const userId = userIdOf.get(binding.membershipId);
      if (userId !== undefined && !has.has(keyOf(binding)) && !byDefault.includes(binding.roleId)) {
        const roleIds = losses.get(userId)?.roleIds ?? [];
        losses.set(userId, { suspends: false, roleIds: [...new Set([...roleIds, binding.roleId])] });
      }
    }
  }
  for (const userId of suspended) {
    losses.set(userId, { suspends: true, roleIds: losses.get(userId)?.roleIds ?? [] });
  }
  return losses;
}

/** The part of a loss that another one does not cover; null if there is none. A suspension covers all roles. */
export function subtractLoss(loss: Loss, other: Loss | undefined): Loss | null {
  if (other === undefined) {
    return loss;
  }
  if (other.suspends) {
    return null;
  }
  if (loss.suspends) {
    return loss;
  }
  const roleIds = loss.roleIds.filter((roleId) => !other.roleIds.includes(roleId));
  return roleIds.length === 0 ? null : { suspends: false, roleIds };
}

/** The part that two losses share; null if there is none. */
export function intersectLosses(loss: Loss, other: Loss): Loss | null {
  if (other.suspends) {
    return loss;
  }
  if (loss.suspends) {
    return null; // a suspended member has no roles to keep
  }
  const roleIds = loss.roleIds.filter((roleId) => other.roleIds.includes(roleId));
  return roleIds.length === 0 ? null : { suspends: false, roleIds };
}

/** Both losses together. */
export function joined(loss: Loss, other: Loss | undefined): Loss {
  return {
    suspends: loss.suspends || other?.suspends === true,
    roleIds: [...new Set([...loss.roleIds, ...(other?.roleIds ?? [])])],
  };
}

/** What was decided, without the losses of what these users keep. */
export function withoutKept(access: AccessDecisions, kept: ReadonlyMap<string, Loss>): AccessDecisions {
  if (kept.size === 0) {
    return access;
  }
  const { memberships, bindings } = access;
  const stays = (userId: string) => kept.get(userId)?.suspends === true;
  const before = new Map(memberships.changed.map((change) => [change.after.userId, change.before]));
  const userIdOf = new Map(memberships.memberships.map(({ id, userId }) => [id, userId]));
  return {
    ...access,
    memberships: {
      ...memberships,
      memberships: memberships.memberships.map((membership) =>
        stays(membership.userId) ? (before.get(membership.userId) ?? membership) : membership,
      ),
      changed: memberships.changed.filter(({ after }) => !stays(after.userId)),
    },
    bindings: {
      ...bindings,
      revoked: bindings.revoked.filter(({ membershipId, roleId }) => {
        const loss = kept.get(userIdOf.get(membershipId) ?? "");
        return loss === undefined || !(loss.suspends || loss.roleIds.includes(roleId));
      }),
    },
  };
}

/** What was decided, without losses that are held, except those that an administrator confirmed. */
export function withoutHeld(access: AccessDecisions): AccessDecisions {
  return withoutKept(access, new Map([...access.held].filter(([, { status }]) => status !== "confirmed")));
}

/** What of a person's loss is held already, and what is new. */
export function splitLoss(
  loss: Loss | undefined,
  held: HeldLoss | undefined,
): { readonly kept: Loss | null; readonly fresh: Loss | null } {
  if (loss === undefined) {
    return { kept: null, fresh: null };
  }
  if (held === undefined) {
    return { kept: null, fresh: loss };
  }
  return { kept: intersectLosses(loss, held), fresh: subtractLoss(loss, held) };
}

function keyOf({ membershipId, roleId }: { readonly membershipId: string; readonly roleId: string }): string {
  return `${membershipId} ${roleId}`;
}
