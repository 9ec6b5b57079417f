import { UnknownAttribute } from "../../filter/field.ts";
import { badRequest } from "../../protocol/error.ts";
import type { ScimRequest, ScimResponse } from "../../protocol/exchange.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { type ListQuery, parseSearch } from "../../protocol/list-query.ts";
import { GROUPS } from "../groups/table.ts";
import type { Services } from "../services.ts";
import { USERS } from "../users/table.ts";
import { listResponse } from "./list.ts";
import { countAll, fetchPage, select } from "./selection.ts";
import type { KeyedRow, Table } from "./table.ts";

/** POST /.search at the root (RFC 7644 §3.4.3): users, then groups. A type without the filter's attributes has no match. */
export async function searchAll(services: Services, request: ScimRequest): Promise<ScimResponse> {
  const query = parseSearch(request.body);
  if (query.sortBy !== undefined || query.cursor !== undefined) {
    throw badRequest("invalidValue", "sortBy and cursor need one resource type: search /Users or /Groups.");
  }
  const parts = [partOf(services, request, USERS, query), partOf(services, request, GROUPS, query)];
  const sources = parts.filter((part) => part !== undefined);
  if (sources.length === 0) {
    throw badRequest("invalidFilter", "The filter names attributes that no resource type has.");
  }
  const totals = await Promise.all(sources.map((source) => source.count()));
  const resources: JsonObject[] = [];
  let skip = query.startIndex - 1;
  for (const [index, source] of sources.entries()) {
    const total = totals[index] ?? 0;
    const remaining = query.count - resources.length;
    if (remaining > 0 && skip < total) {
      const page = await source.page(skip, remaining);
      resources.push(...page);
      // It has ended early: the next one goes on here.
      if (page.length < Math.min(remaining, total - skip)) {
        break;
      }
    }
    skip = Math.max(0, skip - total);
  }
  const totalResults = totals.reduce((sum, total) => sum + total, 0);
  return { status: 200, body: listResponse(resources, { totalResults, startIndex: query.startIndex }) };
}

interface Part {
  count(): Promise<number>;
  page(skip: number, limit: number): Promise<JsonObject[]>;
}

function partOf<Row extends KeyedRow>(
  services: Services,
  { directory }: ScimRequest,
  table: Table<Row>,
  query: ListQuery,
): Part | undefined {
  try {
    const selection = select(directory, table, query);
    return {
      count: () => countAll(services, selection),
      page: async (skip, limit) => {
        const { rows } = await fetchPage(services, selection, undefined, skip, limit);
        return rows.map((row) => selection.render(row, services));
      },
    };
  } catch (error) {
    if (error instanceof UnknownAttribute) {
      return undefined;
    }
    throw error;
  }
}
