import type { Filter } from "../filter/ast.ts";
import type { ListQuery } from "../protocol/list-query.ts";
import type { Projection } from "../protocol/projection.ts";

// What clients ask before each write. A closed list: a name per shape of filter would let a client fill the server's
// memory with prepared statements.
const REPEATED = new Set(["username", "externalid", "displayname"]);

/** The name under which the statement of a list is prepared, for a plain look-up by `eq`; undefined for all others. */
export function preparedName(
  table: string,
  filter: Filter | undefined,
  query: ListQuery,
  projection: Projection,
): string | undefined {
  if (query.sortBy !== undefined || query.descending || query.cursor !== undefined) return undefined;
  if (filter?.kind !== "compare" || filter.operator !== "eq" || typeof filter.value !== "string")
    return undefined;
  const path = filter.path.toLowerCase();
  if (!REPEATED.has(path)) return undefined;
  const shows = `${projection.wants("groups")}_${projection.wants("members")}`;
  return `scim_list_${table}_${path}_${shows}`;
}
