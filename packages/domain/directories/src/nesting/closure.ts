/** Nestings beyond this many count for nothing. */
export const MAX_DEPTH = 32;
/** Groups that one group is in beyond this many count for nothing: the nearest ones do. */
export const MAX_ANCESTORS = 256;

/** The groups that a group is in, by id, and how many nestings away. */
export type Ancestors = ReadonlyMap<string, number>;

/**
 * Works out the ancestors of groups, level by level, the nearest first. No group is its own ancestor, whatever circle it is
 * in.
 *
 * @param parentsOf the groups that each of these groups is a member of, in a fixed order; asked at most once for each group
 */
export async function ancestorsOf(
  groupIds: readonly string[],
  parentsOf: (groupIds: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>,
): Promise<ReadonlyMap<string, Ancestors>> {
  const searches = groupIds.map((id) => ({ id, ancestors: new Map<string, number>(), last: [id] }));
  const known = new Map<string, readonly string[]>();
  for (let depth = 1; depth <= MAX_DEPTH; depth++) {
    const unknown = new Set(searches.flatMap(({ last }) => last).filter((id) => !known.has(id)));
    if (unknown.size > 0) {
      const parents = await parentsOf([...unknown]);
      for (const id of unknown) {
        known.set(id, parents.get(id) ?? []);
      }
    }
    for (const search of searches) {
      const next: string[] = [];
      const { ancestors } = search;
      for (const parent of search.last.flatMap((id) => known.get(id) ?? [])) {
        if (ancestors.size === MAX_ANCESTORS) {
          break;
        }
        if (parent !== search.id && !ancestors.has(parent)) {
          ancestors.set(parent, depth);
          next.push(parent);
        }
      }
      search.last = next;
    }
    if (searches.every(({ last }) => last.length === 0)) {
      break;
    }
  }
  return new Map(searches.map(({ id, ancestors }) => [id, ancestors]));
}
