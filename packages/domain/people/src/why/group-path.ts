/** A group that is a member of another. */
export interface Nesting {
  readonly member: string;
  readonly group: string;
}

/** The shortest way from a group up to one that it is in, both ends included; null where there is none. */
export function groupPath(from: string, to: string, nestings: readonly Nesting[]): readonly string[] | null {
  const parents = new Map<string, string[]>();
  for (const { member, group } of nestings) {
    const known = parents.get(member);
    if (known === undefined) {
      parents.set(member, [group]);
    } else {
      known.push(group);
    }
  }
  const cameFrom = new Map<string, string | null>([[from, null]]);
  let level = [from];
  while (level.length > 0 && !cameFrom.has(to)) {
    const next: string[] = [];
    for (const member of level) {
      for (const group of parents.get(member) ?? []) {
        if (!cameFrom.has(group)) {
          cameFrom.set(group, member);
          next.push(group);
        }
      }
    }
    level = next;
  }
  if (!cameFrom.has(to)) {
    return null;
  }
  const path: string[] = [];
  for (let at: string | null | undefined = to; at !== null && at !== undefined; at = cameFrom.get(at)) {
    path.unshift(at);
  }
  return path;
}
