import type { Directory } from "../directory/directory.ts";
import type { Filter } from "../filter/ast.ts";
import { compileFilter } from "../filter/compile.ts";
import { UnknownAttribute } from "../filter/field.ts";
import { Parameters } from "../filter/parameters.ts";
import { parseFilter } from "../filter/parse.ts";
import { badRequest } from "../protocol/error.ts";
import type { ScimRequest, ScimResponse, Services } from "../protocol/exchange.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { ListQuery } from "../protocol/list-query.ts";
import { type Projection, projectionOf } from "../protocol/projection.ts";
import { type Cursor, readCursor, writeCursor } from "./cursor.ts";
import { orderBy } from "./order.ts";
import { preparedName } from "./prepared.ts";
import type { KeyedRow, Table } from "./table.ts";

const LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** A page of resources of one type: RFC 7644 §3.4.2. The filter, the order and the page are PostgreSQL's work. */
export async function list<Row extends KeyedRow>(
  services: Services,
  { directory }: ScimRequest,
  table: Table<Row>,
  query: ListQuery,
): Promise<ScimResponse> {
  const type = table.type(directory);
  const projection = projectionOf(type, query.attributes, query.excludedAttributes, directory.quirks);
  const selection = select(directory, table, query, projection);
  const body =
    query.cursor === undefined
      ? await pageByIndex(services, selection, query)
      : await pageByCursor(services, selection, query, query.cursor);
  return { status: 200, body };
}

/** What a query selects, before paging. */
interface Selection<Row> {
  readonly from: string;
  readonly columns: string;
  readonly order: string;
  readonly parameters: Parameters;
  /** The name of its prepared statement, for the shapes that clients repeat. */
  readonly name: string | undefined;
  render(row: Row, services: Services): JsonObject;
}

function select<Row extends KeyedRow>(
  directory: Directory,
  table: Table<Row>,
  query: ListQuery,
  projection: Projection,
): Selection<Row> {
  const type = table.type(directory);
  const parameters = new Parameters([directory.id]);
  const filter = query.filter === undefined ? undefined : parseFilter(query.filter);
  const condition = filter === undefined ? "" : ` AND ${conditionOf(filter, directory, table, parameters)}`;
  return {
    from: `FROM ${table.name} r WHERE r.directory_id = $1 AND r.deleted_at IS NULL${condition}`,
    columns: table.columns(projection),
    order: orderBy(type, query, directory.quirks),
    parameters,
    name: preparedName(table.name, filter, query, projection),
    render: (row, services) => projection.apply(table.render(row, directory, services)),
  };
}

function conditionOf<Row extends KeyedRow>(
  filter: Filter,
  directory: Directory,
  table: Table<Row>,
  parameters: Parameters,
): string {
  try {
    return compileFilter(filter, { type: table.type(directory), quirks: directory.quirks, parameters });
  } catch (error) {
    throw error instanceof UnknownAttribute ? badRequest("invalidFilter", error.message) : error;
  }
}

async function pageByIndex<Row extends KeyedRow>(
  services: Services,
  selection: Selection<Row>,
  { startIndex, count }: ListQuery,
): Promise<JsonObject> {
  const skipped = startIndex - 1;
  const rows = count === 0 ? [] : await fetchPage(services, selection, undefined, skipped, count);
  const total = await totalOf(services, selection, skipped, rows.length, count);
  return listResponse(
    rows.map((row) => selection.render(row, services)),
    { totalResults: total, startIndex },
  );
}

// A page that is not full is the last one: what it begins at says how many there are, and nothing is counted.
async function totalOf<Row>(
  { database }: Services,
  { from, parameters }: Selection<Row>,
  skipped: number,
  found: number,
  count: number,
): Promise<number> {
  if (found < count && (found > 0 || skipped === 0)) return skipped + found;
  const { rows } = await database.sql.query<{ total: string }>(
    `SELECT count(*) AS total ${from}`,
    parameters.values,
  );
  return Number(rows[0]?.total ?? 0);
}

async function pageByCursor<Row extends KeyedRow>(
  services: Services,
  selection: Selection<Row>,
  query: ListQuery,
  text: string,
): Promise<JsonObject> {
  const cursor = text === "" ? undefined : readCursor(query, text);
  const skipped = cursor?.skip ?? 0;
  const position =
    cursor?.after === undefined ? undefined : { after: cursor.after, descending: query.descending };
  const rows = await fetchPage(services, selection, position, skipped, query.count + 1);
  const page = rows.slice(0, query.count);
  const last = page.at(-1);
  const next =
    rows.length > query.count && last !== undefined
      ? nextCursor(query, skipped + page.length, last)
      : undefined;
  return listResponse(
    page.map((row) => selection.render(row, services)),
    next === undefined ? {} : { nextCursor: next },
  );
}

function nextCursor(query: ListQuery, skip: number, last: KeyedRow): string {
  const cursor: Cursor =
    query.sortBy === undefined
      ? { after: [last.created_at, last.id], skip: undefined }
      : { after: undefined, skip };
  return writeCursor(query, cursor);
}

interface Position {
  readonly after: readonly [createdAt: Date, id: string];
  readonly descending: boolean;
}

function behind({ after: [createdAt, id], descending }: Position, parameters: Parameters): string {
  const position = `(${parameters.add(createdAt)}::timestamptz, ${parameters.add(id)}::uuid)`;
  return ` AND (r.created_at, r.id) ${descending ? "<" : ">"} ${position}`;
}

async function fetchPage<Row extends KeyedRow>(
  { database }: Services,
  { columns, from, order, name, ...selection }: Selection<Row>,
  position: Position | undefined,
  skip: number,
  limit: number,
): Promise<Row[]> {
  const parameters = selection.parameters.extended();
  const condition = position === undefined ? "" : behind(position, parameters);
  const page = `LIMIT ${parameters.add(limit)}::int OFFSET ${parameters.add(skip)}::int`;
  const text = `SELECT ${columns} ${from}${condition} ORDER BY ${order} ${page}`;
  const { rows } = await database.sql.query<Row>(text, parameters.values, name);
  return rows;
}

function listResponse(resources: JsonObject[], page: JsonObject): JsonObject {
  return { schemas: [LIST_SCHEMA], ...page, itemsPerPage: resources.length, Resources: resources };
}
