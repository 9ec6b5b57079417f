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
  readonly directory: Directory;
  readonly from: string;
  readonly columns: string;
  readonly order: string;
  readonly parameters: Parameters;
  /** The name of its statement, where many requests ask it with other values at the same time. */
  readonly sharedName: string | undefined;
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
    directory,
    from: `FROM ${table.name} r WHERE r.directory_id = $1 AND r.deleted_at IS NULL AND ${whileLive("$1", 2)}${condition}`,
    columns: table.columns(projection),
    order: orderBy(type, query, quirks),
    parameters,
    sharedName: sharedName(table, filter, query, projection),
    render: (row, services) => projection.apply(table.render(row, directory, services)),
  };
}

export async function fetchPage<Row extends KeyedRow>(
  { database, inLane, read }: Services,
  { directory, columns, from, order, sharedName, ...selection }: Selection<Row>,
  position: Position | undefined,
  skip: number,
  limit: number,
): Promise<readonly Row[]> {
  const parameters = selection.parameters.extended();
  const condition = position === undefined ? "" : behind(position, parameters);
  const first = `SELECT ${columns} ${from}${condition} ORDER BY ${order} LIMIT ${parameters.add(limit)}::int`;
  if (sharedName !== undefined && skip === 0)
    return read<Row>(directory, { name: sharedName, text: first, types: SHARED_TYPES }, parameters.own);
  const text = skip === 0 ? first : `${first} OFFSET ${parameters.add(skip)}::int`;
  const { rows } = await inLane(directory.id, () => database.sql.query<Row>(text, parameters.values));
  return rows;
}

export async function countAll<Row>(
  { database, inLane }: Services,
  { directory, from, parameters }: Selection<Row>,
): Promise<number> {
  const text = `SELECT count(*) AS total ${from}`;
  const count = () => database.sql.query<{ total: string }>(text, parameters.values);
  const { rows } = await inLane(directory.id, count);
  return Number(rows[0]?.total ?? 0);
}

function behind({ after: [createdAt, id], descending }: Position, parameters: Parameters): string {
  const position = `(${parameters.add(createdAt)}::timestamptz, ${parameters.add(id)}::uuid)`;
  return ` AND (r.created_at, r.id) ${descending ? "<" : ">"} ${position}`;
}

// What clients ask before each write. A closed list: a name per shape of filter would let a client fill the server's
// memory with prepared statements.
const REPEATED = new Set(["username", "externalid", "displayname"]);
/** What it is compared with, and how many are asked for. */
const SHARED_TYPES = ["text", "int"] as const;

function sharedName<Row extends KeyedRow>(
  table: Table<Row>,
  filter: Filter | undefined,
  query: ListQuery,
  projection: Projection,
): string | undefined {
  if (query.sortBy !== undefined || query.descending || query.cursor !== undefined) return undefined;
  if (filter?.kind !== "compare" || filter.operator !== "eq" || typeof filter.value !== "string")
    return undefined;
  const path = filter.path.toLowerCase();
  if (!REPEATED.has(path) || !table.isSmall(projection)) return undefined;
  return `scim_list_${table.name}_${path}_${projection.wants("groups")}`;
}
