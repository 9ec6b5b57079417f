import type { MappedRole } from "./look-up.ts";

/** An asserted group that no mapping names, beside a mapping that was probably meant by it. */
export interface NearGroup {
  /** As asserted. */
  readonly group: string;
  /** The mapping's group, in lower case. */
  readonly mapped: string;
}

/** Of more groups nobody reads through a list; and each costs the look-up some index probes. */
const MOST_GROUPS = 100;

/** Keys of mappings that a group would meet if it were spelled a little differently: spaces, slashes, hyphens. */
function spellingsOf(key: string): string[] {
  const plain = key.trim().replace(/\s+/g, " ");
  const path = plain.replace(/^\/+|\/+$/g, "");
  const spellings = new Set([
    plain,
    path,
    `/${path}`,
    path.slice(path.lastIndexOf("/") + 1).trim(),
    path.replaceAll(" ", ""),
    path.replaceAll(" ", "-"),
    path.replaceAll(" ", "_"),
    path.replace(/[-_]/g, " "),
  ]);
  spellings.delete(key);
  spellings.delete("");
  return [...spellings];
}

/** What to look up beside the groups themselves. */
export function nearKeysOf(groups: readonly string[]): string[] {
  return groups.slice(0, MOST_GROUPS).flatMap((group) => spellingsOf(group.toLowerCase()));
}

/** Tells the mappings that the groups name from those that they nearly name, which give nothing. */
export function splitMappings(
  groups: readonly string[],
  found: readonly MappedRole[],
): { readonly roles: readonly MappedRole[]; readonly nearGroups: readonly NearGroup[] } {
  const named = new Set(["", ...groups.map((group) => group.toLowerCase())]);
  const roles = found.filter(({ groupKey }) => named.has(groupKey));
  const near = new Set(found.map(({ groupKey }) => groupKey).filter((key) => !named.has(key)));
  if (near.size === 0) {
    return { roles, nearGroups: [] };
  }
  const mapped = new Set(roles.map(({ groupKey }) => groupKey));
  const nearGroups = groups.slice(0, MOST_GROUPS).flatMap((group) => {
    const key = group.toLowerCase();
    const meant = mapped.has(key) ? undefined : spellingsOf(key).find((spelling) => near.has(spelling));
    return meant === undefined ? [] : [{ group, mapped: meant }];
  });
  return { roles, nearGroups };
}
