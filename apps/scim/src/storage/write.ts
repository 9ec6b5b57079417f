import { isUniqueViolation, type Sql } from "@sallyport/database";
import { createGather, type Place, type Run } from "../admission/gather.ts";
import type { InLane } from "../admission/lanes.ts";
import { retryDeadlock } from "../admission/retry.ts";
import { type Entry, journalValues } from "./journal.ts";
import { liveKey, liveValues, requireLive } from "./live.ts";

/** A fixed statement that changes a directory's rows for many requests at once. */
export interface Statement {
  /** Of the prepared statement: one for each text. */
  readonly name: string;
  /** Built on `live` and `entries`. Values: journal, liveValues. A row for each entry that it took, with its `n`. */
  readonly text: string;
  /** By what the entries are locked one after the other, the same in every process: without, by their resources' ids. */
  readonly order?: (entry: Entry) => string;
  /** Whether an entry can be changed together with others that came before it; without, any can. */
  readonly goesWith?: (entry: Entry, others: readonly Entry[]) => boolean;
  /** Those that change the same resource take turns, and only they may be changed together. */
  readonly byResource?: boolean;
}

/**
 * Changes what an entry says, together with those that change the same way in the same directory at the same time.
 * Undefined when the statement did not take it, and then it has changed nothing; 401 when that is since the directory
 * or its token was ended.
 */
export type Write = <Row extends object>(statement: Statement, entry: Entry) => Promise<Row | undefined>;

interface Taken {
  /** Which of those that were changed together, counted from 0. */
  readonly n: number;
}

/**
 * @param inLane by the id of the directory
 * @param inTurn by the id of a resource: whoever waits for its turn holds no lane
 */
export function createWrite(sql: Sql, inLane: InLane, inTurn: InLane): Write {
  // A name that is another's: found out by each alone, it is the trouble of one only.
  const gather = createGather<Entry, Taken | undefined>(isUniqueViolation);

  const runOf =
    ({ name, text, order = idOf }: Statement): Run<Entry, Taken | undefined> =>
    async (entries) => {
      const [{ request }] = entries as [Entry];
      const sorted = [...entries].sort((one, other) => compare(order(one), order(other)));
      const values = [...journalValues(request.directory, sorted), ...liveValues(request.directory)];
      const { rows } = await retryDeadlock(() => sql.query<Taken>(text, values, name));
      // One row is enough to know that the directory was live for all of them.
      if (rows.length === 0) {
        await requireLive(sql, request.directory);
      }
      const taken = new Map(rows.map((row) => [sorted[row.n], row]));
      return entries.map((entry) => taken.get(entry));
    };
  const placeOf = (statement: Statement, { request, resourceId }: Entry): Place<Entry> => {
    const { directory } = request;
    const { name, goesWith, byResource } = statement;
    const key = `${name} ${liveKey(directory)}`;
    const enter = (work: () => Promise<void>) => inLane(directory.id, work);
    if (byResource !== true) {
      return { key, enter, goesWith };
    }
    return { key: `${key} ${resourceId}`, enter: (work) => inTurn(resourceId, () => enter(work)), goesWith };
  };
  return async <Row extends object>(statement: Statement, entry: Entry) => {
    const row: object | undefined = await gather(placeOf(statement, entry), entry, runOf(statement));
    return row as Row | undefined;
  };
}

function idOf({ resourceId }: Entry): string {
  return resourceId;
}

function compare(one: string, other: string): number {
  if (one === other) {
    return 0;
  }
  return one < other ? -1 : 1;
}
