/** Levels of nesting that count. */
export const MAX_DEPTH = 32;
/** Groups above one group that count: the nearest ones do. */
export const MAX_ANCESTORS = 256;
/** Groups that count of those that one group is a direct member of. */
export const MAX_PARENTS = 100;

/** Which of the limits above leaves out groups that a group is in. */
export type NestingLimit = "depth" | "ancestors" | "parents";
export const NESTING_LIMITS: Readonly<Record<NestingLimit, number>> = {
  depth: MAX_DEPTH,
  ancestors: MAX_ANCESTORS,
  parents: MAX_PARENTS,
};

/** The groups that a group is in, by id, and how many nestings away. */
export type Ancestors = ReadonlyMap<string, number>;

export interface Closure {
  readonly ancestors: Ancestors;
  /** The first limit that left out a group; null where all of them are there. */
  readonly limit: NestingLimit | null;
}

interface Search {
  readonly id: string;
  readonly ancestors: Map<string, number>;
  /** The groups of the last level. */
  last: readonly string[];
  limit: NestingLimit | null;
}

/**
 * Works out the ancestors of groups, level by level, the nearest first. No group is its own ancestor, whatever cycle it is
 * in.
 *
 * @param readParents the groups that each of these groups is a member of, in a fixed order, `MAX_PARENTS + 1` at most;
 *   called at most once for each group
 */
export async function ancestorsOf(
  groupIds: readonly string[],
  readParents: (groupIds: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>,
): Promise<ReadonlyMap<string, Closure>> {
  const searches = groupIds.map((id): Search => ({ id, ancestors: new Map(), last: [id], limit: null }));
  const known = new Map<string, readonly string[]>();
  // One level more than counts, to see whether there is anything beyond.
  for (let depth = 1; depth <= MAX_DEPTH + 1; depth++) {
    const unknown = new Set(searches.flatMap(({ last }) => last).filter((id) => !known.has(id)));
    if (unknown.size > 0) {
      const parents = await readParents([...unknown]);
      for (const id of unknown) {
        known.set(id, parents.get(id) ?? []);
      }
    }
    for (const search of searches) {
      climb(search, depth, known);
    }
    if (searches.every(({ last }) => last.length === 0)) {
      break;
    }
  }
  return new Map(searches.map(({ id, ancestors, limit }) => [id, { ancestors, limit }]));
}

/** Adds the groups of one level, as far as they count. */
function climb(search: Search, depth: number, parentsOf: ReadonlyMap<string, readonly string[]>): void {
  const { id, ancestors } = search;
  const next: string[] = [];
  for (const child of search.last) {
    const parents = parentsOf.get(child) ?? [];
    if (child === id && parents.length > MAX_PARENTS) {
      search.limit ??= "parents";
    }
    for (const parent of parents.slice(0, MAX_PARENTS)) {
      if (parent === id || ancestors.has(parent)) {
        continue;
      }
      if (depth > MAX_DEPTH) {
        search.limit ??= "depth";
      } else if (ancestors.size === MAX_ANCESTORS) {
        search.limit ??= "ancestors";
      } else {
        ancestors.set(parent, depth);
        next.push(parent);
      }
    }
  }
  search.last = next;
}
