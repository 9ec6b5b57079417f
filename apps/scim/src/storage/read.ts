import type { Sql } from "@sallyport/database";
import { createGather, type Place, type Run } from "../admission/gather.ts";
import type { InLane } from "../admission/lanes.ts";
import type { Directory } from "../directory/directory.ts";
import { liveKey, liveValues } from "./live.ts";

/** A fixed query of a directory's rows, that many requests ask with values of their own. */
export interface Query {
  /** Of the prepared statement: one for each text. */
  readonly name: string;
  /** A SELECT. $1 is the directory, $2 and $3 are its `liveValues`, the query's own values begin at $4. */
  readonly text: string;
  /** The types of its own values, of which there is one at least. */
  readonly types: readonly string[];
}

/** Answers a query, together with those that ask the same of the same directory at the same time. */
export type Read = <Row extends object>(
  directory: Directory,
  query: Query,
  values: readonly unknown[],
) => Promise<readonly Row[]>;

interface Asked {
  /** Which of those that asked together, counted from 1. */
  readonly asked: number;
}

export function createRead(sql: Sql, inLane: InLane): Read {
  const gather = createGather<readonly unknown[], readonly Asked[]>(() => false);
  const texts = new Map<string, string>();

  const textOf = (query: Query) => {
    const known = texts.get(query.name);
    if (known !== undefined) {
      return known;
    }
    const text = forMany(query);
    texts.set(query.name, text);
    return text;
  };
  const runOf =
    (directory: Directory, query: Query): Run<readonly unknown[], readonly Asked[]> =>
    async (items) => {
      const columns = query.types.map((_type, column) => items.map((values) => values[column]));
      const values = [directory.id, ...liveValues(directory), ...columns];
      const { rows } = await sql.query<Asked>(textOf(query), values, query.name);
      const answers: Asked[][] = items.map(() => []);
      for (const row of rows) {
        answers[row.asked - 1]?.push(row);
      }
      return answers;
    };
  return async <Row extends object>(directory: Directory, query: Query, values: readonly unknown[]) => {
    const place: Place<readonly unknown[]> = {
      key: `${query.name} ${liveKey(directory)}`,
      enter: (work) => inLane(directory.id, work),
    };
    const rows: readonly object[] = await gather(place, values, runOf(directory, query));
    return rows as readonly Row[];
  };
}

// A query that stands behind LATERAL and ends in OFFSET or LIMIT is run once for each row in front of it, in the order
// that it is written to have: the planner cannot join its tables in any other way.
function forMany({ text, types }: Query): string {
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
