import { compileSortKey } from "../../filter/sort.ts";
import type { ListQuery } from "../../protocol/list-query.ts";
import type { Quirks } from "../../quirks/quirks.ts";
import type { ResourceType } from "../../schema/resource-type.ts";

/**
 * RFC 7644 §3.4.2.3: by the attribute asked for, those without it last when ascending. The id makes every order
 * total, so that pages neither repeat nor skip; the default one follows an index.
 */
export function orderBy(type: ResourceType, query: ListQuery, quirks: Quirks): string {
  if (query.sortBy === undefined) {
    return query.descending ? "r.created_at DESC, r.id DESC" : "r.created_at, r.id";
  }
  const key = compileSortKey(type, query.sortBy, quirks);
  return query.descending ? `${key} DESC NULLS FIRST, r.id DESC` : `${key} ASC NULLS LAST, r.id`;
}
