import { liveValues, whileLive } from "@sallyport/directories/push";
import type { Directory } from "../../directory/directory.ts";
import type { Filter } from "../../filter/ast.ts";
import { compileFilter } from "../../filter/compile.ts";
import { Parameters } from "../../filter/parameters.ts";
import { parseFilter } from "../../filter/parse.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { MAX_PAGE_BYTES } from "../../protocol/limits.ts";
import type { ListQuery } from "../../protocol/list-query.ts";
import { type Projection, projectionOf } from "../../protocol/projection.ts";
import type { Services } from "../services.ts";
import { orderBy } from "./order.ts";
import type { KeyedRow, Table } from "./table.ts";

/** What a query selects of one table, before paging: as SQL. */
export interface Selection<Row> {
  readonly directory: Directory;
  readonly from: string;
  readonly columns: string;
  readonly order: string;
  readonly parameters: Parameters;
  /** Its statement, where many requests ask it with other values at the same time. */
  readonly shared: Shared | undefined;
  render(row: Row, services: Services): JsonObject;
}

interface Shared {
  readonly name: string;
  /** Whether there can be one row at most. */
  readonly isOfOne: boolean;
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
    shared: sharedAs(table, filter, query, projection),
    render: (row, services) => projection.apply(table.render(row, directory, services)),
  };
}

/** Rows of a page. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** How many there are of as many as were asked for: of rows that are large together, only the first are here. */
  readonly found: number;
}

export async function fetchPage<Row extends KeyedRow>(
  { statements }: Services,
  { directory, columns, from, order, shared, ...selection }: Selection<Row>,
  position: Position | undefined,
  skip: number,
  limit: number,
): Promise<Page<Row>> {
  const parameters = selection.parameters.extended();
  const condition = position === undefined ? "" : behind(position, parameters);
  const first = `SELECT ${columns} ${from}${condition} ORDER BY ${order} LIMIT ${parameters.add(limit)}::int`;
  if (shared !== undefined && skip === 0) {
    const text = shared.isOfOne ? first : bounded(first, columns);
    const query = { name: shared.name, text, types: SHARED_TYPES };
    return pageOf(await statements.read<Bounded & Row>(directory, query, parameters.own));
  }
  const text = bounded(skip === 0 ? first : `${first} OFFSET ${parameters.add(skip)}::int`, columns);
  const query = { name: undefined, text, live: true };
  return pageOf(await statements.query<Bounded & Row>(directory, query, parameters.values));
}

interface Bounded {
  readonly found?: string;
}

function pageOf<Row>(rows: readonly (Bounded & Row)[]): Page<Row> {
  return { rows, found: Number(rows[0]?.found ?? rows.length) };
}

/**
 * Of the rows of a query those that come to MAX_PAGE_BYTES together, and the one that goes beyond: one at least. Neither
 * window has an order of its own, so they see the rows in the order of the query, and keep it.
 */
function bounded(query: string, columns: string): string {
  const lists = ["groups", "members"].filter((list) => columns.endsWith(` AS ${list}`));
  const bytes = ["resource", ...lists]
    .map((column) => `coalesce(octet_length(p.${column}::text), 0)`)
    .join(" + ");
  return `
    SELECT * FROM (
      SELECT p.*, count(*) OVER () AS found, sum(${bytes}) OVER (ROWS UNBOUNDED PRECEDING) - (${bytes}) AS preceding
      FROM (${query}) p) page
    WHERE page.preceding < ${MAX_PAGE_BYTES}`;
}

export async function countAll<Row>(
  { statements }: Services,
  { directory, from, parameters }: Selection<Row>,
): Promise<number> {
  const query = { name: undefined, text: `SELECT count(*) AS total ${from}`, live: false };
  const [row] = await statements.query<{ total: string }>(directory, query, parameters.values);
  return Number(row?.total ?? 0);
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

function sharedAs<Row extends KeyedRow>(
  table: Table<Row>,
  filter: Filter | undefined,
  query: ListQuery,
  projection: Projection,
): Shared | undefined {
  if (query.sortBy !== undefined || query.descending || query.cursor !== undefined) {
    return undefined;
  }
  if (filter?.kind !== "compare" || filter.operator !== "eq" || typeof filter.value !== "string") {
    return undefined;
  }
  const path = filter.path.toLowerCase();
  if (!REPEATED.has(path) || !table.isSmall(projection)) {
    return undefined;
  }
  const name = `scim_list_${table.name}_${path}_${projection.wants("groups")}`;
  return { name, isOfOne: path === "username" };
}
