import type { Directory } from "../directory/directory.ts";
import { liveValues, whileLive } from "../directory/live.ts";
import type { Filter } from "../filter/ast.ts";
import { compileFilter } from "../filter/compile.ts";
import { Parameters } from "../filter/parameters.ts";
import { parseFilter } from "../filter/parse.ts";
import type { Services } from "../protocol/exchange.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { ListQuery } from "../protocol/list-query.ts";
import { type Projection, projectionOf } from "../protocol/projection.ts";
import { orderBy } from "./order.ts";
import type { KeyedRow, Table } from "./table.ts";

/** What a query selects of one table, before paging: as SQL. */
export interface Selection<Row> {
  readonly from: string;
  readonly columns: string;
  readonly order: string;
  readonly parameters: Parameters;
  /** The name of its prepared statement, for the shapes that clients repeat. */
  readonly name: string | undefined;
  render(row: Row, services: Services): JsonObject;
}

/** Where a page begins, when not by a number of rows: behind this one. */
export interface Position {
  readonly after: readonly [createdAt: Date, id: string];
  readonly descending: boolean;
}

/** @throws UnknownAttribute when the filter names what the type has not */
export function select<Row extends KeyedRow>(
  directory: Directory,
  table: Table<Row>,
  query: ListQuery,
): Selection<Row> {
  const type = table.type(directory);
  const { quirks } = directory;
  const projection = projectionOf(type, query.attributes, query.excludedAttributes, quirks);
  const parameters = new Parameters([directory.id, ...liveValues(directory)]);
  const filter = query.filter === undefined ? undefined : parseFilter(query.filter);
  const condition = filter === undefined ? "" : ` AND ${compileFilter(filter, { type, quirks, parameters })}`;
  return {
    from: `FROM ${table.name} r WHERE r.directory_id = $1 AND r.deleted_at IS NULL AND ${whileLive("$1", 2)}${condition}`,
    columns: table.columns(projection),
    order: orderBy(type, query, quirks),
    parameters,
    name: preparedName(table.name, filter, query, projection),
    render: (row, services) => projection.apply(table.render(row, directory, services)),
  };
}

export async function fetchPage<Row extends KeyedRow>(
  { database }: Services,
  { columns, from, order, name, ...selection }: Selection<Row>,
  position: Position | undefined,
  skip: number,
  limit: number,
): Promise<Row[]> {
  const parameters = selection.parameters.extended();
  const condition = position === undefined ? "" : behind(position, parameters);
  const first = `SELECT ${columns} ${from}${condition} ORDER BY ${order} LIMIT ${parameters.add(limit)}::int`;
  // With an OFFSET that it does not know the planner takes a plan for all values for so dear that it plans each time.
  const text = skip === 0 ? first : `${first} OFFSET ${parameters.add(skip)}::int`;
  const { rows } = await database.sql.query<Row>(text, parameters.values, skip === 0 ? name : undefined);
  return rows;
}

export async function countAll<Row>(
  { database }: Services,
  { from, parameters }: Selection<Row>,
): Promise<number> {
  const { rows } = await database.sql.query<{ total: string }>(
    `SELECT count(*) AS total ${from}`,
    parameters.values,
  );
  return Number(rows[0]?.total ?? 0);
}

function behind({ after: [createdAt, id], descending }: Position, parameters: Parameters): string {
  const position = `(${parameters.add(createdAt)}::timestamptz, ${parameters.add(id)}::uuid)`;
  return ` AND (r.created_at, r.id) ${descending ? "<" : ">"} ${position}`;
}

// What clients ask before each write. A closed list: a name per shape of filter would let a client fill the server's
// memory with prepared statements.
const REPEATED = new Set(["username", "externalid", "displayname"]);

function preparedName(
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
  return `scim_list_${table}_${path}_${projection.wants("groups")}_${projection.wants("members")}`;
}
