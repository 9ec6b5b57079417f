import { UnknownAttribute } from "../../filter/field.ts";
import { badRequest } from "../../protocol/error.ts";
import type { ScimRequest, ScimResponse } from "../../protocol/exchange.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { ListQuery } from "../../protocol/list-query.ts";
import type { Services } from "../services.ts";
import { type Cursor, readCursor, writeCursor } from "./cursor.ts";
import { countAll, fetchPage, type Selection, select } from "./selection.ts";
import type { KeyedRow, Table } from "./table.ts";

const LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** A page of resources of one type: RFC 7644 §3.4.2. The filter, the order and the page are PostgreSQL's work. */
export async function listOf<Row extends KeyedRow>(
  services: Services,
  { directory }: ScimRequest,
  table: Table<Row>,
  query: ListQuery,
): Promise<ScimResponse> {
  const selection = known(() => select(directory, table, query));
  const body =
    query.cursor === undefined
      ? await pageByIndex(services, selection, query)
      : await pageByCursor(services, selection, query, query.cursor);
  return { status: 200, body };
}

/** An attribute that the type has not makes a filter invalid: 400, never all rows. */
function known<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof UnknownAttribute ? badRequest("invalidFilter", error.message) : error;
  }
}

export function listResponse(resources: JsonObject[], page: JsonObject): JsonObject {
  return { schemas: [LIST_SCHEMA], ...page, itemsPerPage: resources.length, Resources: resources };
}

async function pageByIndex<Row extends KeyedRow>(
  services: Services,
  selection: Selection<Row>,
  { startIndex, count }: ListQuery,
): Promise<JsonObject> {
  const skipped = startIndex - 1;
  const { rows, found } =
    count === 0 ? NOTHING : await fetchPage(services, selection, undefined, skipped, count);
  // Where not as many are found as were asked for, where the page begins says how many there are: nothing is counted.
  const isLast = found < count && (found > 0 || skipped === 0);
  const totalResults = isLast ? skipped + found : await countAll(services, selection);
  const resources = rows.map((row) => selection.render(row, services));
  return listResponse(resources, { totalResults, startIndex });
}

// RFC 9865 §2.1: without totalResults, which would cost a count of the directory for each page.
async function pageByCursor<Row extends KeyedRow>(
  services: Services,
  selection: Selection<Row>,
  query: ListQuery,
  text: string,
): Promise<JsonObject> {
  const { descending, count } = query;
  const cursor = text === "" ? undefined : readCursor(query, text);
  const skipped = cursor?.skip ?? 0;
  const position = cursor?.after === undefined ? undefined : { after: cursor.after, descending };
  // One more row than requested shows whether there is a next page.
  const { rows, found } = await fetchPage(services, selection, position, skipped, count + 1);
  const page = rows.slice(0, count);
  const last = page.at(-1);
  const resources = page.map((row) => selection.render(row, services));
  if (found === page.length || last === undefined) {
    return listResponse(resources, {});
  }
  return listResponse(resources, { nextCursor: nextCursor(query, skipped + page.length, last) });
}

const NOTHING = { rows: [], found: 0 } as const;

function nextCursor(query: ListQuery, skip: number, last: KeyedRow): string {
  const cursor: Cursor =
    query.sortBy === undefined
      ? { after: [last.created_at, last.id], skip: undefined }
      : { after: undefined, skip };
  return writeCursor(query, cursor);
}
