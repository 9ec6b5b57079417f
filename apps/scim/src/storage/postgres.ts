import type { Database, Sql } from "@sallyport/database";
import {
  type Command,
  liveValues,
  type PushedChange,
  type Query,
  type Taken,
} from "@sallyport/directories/push";
import type { Directory } from "../directory/directory.ts";
import { type Entry, entryValues } from "./journal.ts";
import { requireLive } from "./live.ts";
import type { BatchStatements, SharedQuery, Transaction } from "./statements.ts";

/** The statements on PostgreSQL, each run as soon as it is asked for. */
export function createStatements({
  sql,
  transaction,
}: Pick<Database, "sql" | "transaction">): BatchStatements {
  const textOf = createTexts();

  const readMany = async <Row extends object>(
    directory: Directory,
    query: SharedQuery,
    lists: readonly (readonly unknown[])[],
  ): Promise<readonly (readonly Row[])[]> => {
    const columns = query.types.map((_type, column) => lists.map((values) => values[column]));
    const values = [directory.id, ...liveValues(directory), ...columns];
    const { rows } = await sql.query<Row & Asked>(textOf(query), values, query.name);
    const answers: Row[][] = lists.map(() => []);
    for (const row of rows) {
      answers[row.asked - 1]?.push(row);
    }
    return answers;
  };

  const writeMany = async <Row extends Taken>(
    { name, text, order = idOf }: Command,
    entries: readonly Entry[],
  ): Promise<readonly (Row | undefined)[]> => {
    const [{ request }] = entries as [Entry];
    const sorted = [...entries].sort((one, other) => compare(order(one), order(other)));
    const values = [...entryValues(request.directory, sorted), ...liveValues(request.directory)];
    const { rows } = await sql.query<Row>(text, values, name);
    // One row is enough to know that the directory was live for all of them.
    if (rows.length === 0) {
      await requireLive(sql, request.directory);
    }
    const taken = new Map(rows.map((row) => [sorted[row.n], row]));
    return entries.map((entry) => taken.get(entry));
  };

  return {
    readMany,
    writeMany,
    read: async <Row extends object>(
      directory: Directory,
      query: SharedQuery,
      values: readonly unknown[],
    ): Promise<readonly Row[]> => (await readMany<Row>(directory, query, [values]))[0] ?? [],
    query: async <Row extends object>(
      _directory: Directory,
      { text, name }: Query,
      values: readonly unknown[],
    ) => (await sql.query<Row>(text, values, name)).rows,
    write: async <Row extends Taken>(command: Command, entry: Entry) =>
      (await writeMany<Row>(command, [entry]))[0],
    transaction: (directory, work) => transaction((inner) => work(transactionOver(inner, directory))),
  };
}

function transactionOver(sql: Sql, directory: Directory): Transaction {
  return {
    query: async <Row extends object>({ text, name }: Query, values: readonly unknown[]) =>
      (await sql.query<Row>(text, values, name)).rows,
    write: async ({ text, name }, entry) =>
      (await sql.query(text, entryValues(directory, [entry]), name)).rowCount === 1,
    requireLive: () => requireLive(sql, directory),
  };
}

interface Asked {
  /** Which of those that asked together, counted from 1. */
  readonly asked: number;
}

/** A query's text for many at once, made once for each name. */
function createTexts(): (query: SharedQuery) => string {
  const texts = new Map<string, string>();
  return (query) => {
    const known = texts.get(query.name);
    if (known !== undefined) {
      return known;
    }
    const text = forMany(query);
    texts.set(query.name, text);
    return text;
  };
}

// A query that stands behind LATERAL and ends in OFFSET or LIMIT is run once for each row in front of it, in the order
// that it is written to have: the planner cannot join its tables in any other way.
function forMany({ text, types }: SharedQuery): string {
  const own = text.replace(/\$(\d+)/g, (placeholder, number) =>
    Number(number) < FIRST_OWN ? placeholder : `asked.v${number}`,
  );
  const arrays = types.map((type, index) => `(SELECT $${FIRST_OWN + index}::${type}[])`);
  const names = types.map((_type, index) => `v${FIRST_OWN + index}`);
  return `
    SELECT found.*, asked.n::int AS asked
    FROM unnest(${arrays.join(", ")}) WITH ORDINALITY AS asked(${names.join(", ")}, n)
    CROSS JOIN LATERAL (${own}) found`;
}

const FIRST_OWN = 4;

function idOf({ resourceId }: PushedChange): string {
  return resourceId;
}

function compare(one: string, other: string): number {
  if (one === other) {
    return 0;
  }
  return one < other ? -1 : 1;
}
