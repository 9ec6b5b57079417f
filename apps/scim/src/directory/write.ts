import { isUniqueViolation, type Sql } from "@sallyport/database";
import { type Entry, journalValues } from "../log/journal.ts";
import { createGather, type Run } from "../protocol/gather.ts";
import type { InLane } from "../protocol/lanes.ts";
import { isDeadlock } from "../protocol/retry.ts";
import type { Directory } from "./directory.ts";
import { liveKey, liveValues, requireLive } from "./live.ts";

/** A fixed statement that changes a directory's rows for many requests at once. */
export interface Statement {
  /** Of the prepared statement: one for each text. */
  readonly name: string;
  /** Built on `live` and `entries`; returns `n` of the entries whose change took place. Values: journal, liveValues. */
  readonly text: string;
}

/**
 * Changes what an entry says, together with those that change the same way in the same directory at the same time.
 * False when it did not take place, and then nothing has changed; 401 when that is since the directory or its token
 * was ended.
 * @param order by which those that are changed together are locked
 */
export type Write = (statement: Statement, entry: Entry, order: string) => Promise<boolean>;

interface Item {
  readonly entry: Entry;
  readonly order: string;
}

export function createWrite(sql: Sql, inLane: InLane): Write {
  // A name that is another's, or a deadlock: found out by each alone, it is the trouble of one only.
  const gather = createGather<Item, boolean>(
    inLane,
    (error) => isUniqueViolation(error) || isDeadlock(error),
  );

  const runOf =
    (directory: Directory, { name, text }: Statement): Run<Item, boolean> =>
    async (items) => {
      const sorted = [...items].sort(byOrder);
      const entries = sorted.map(({ entry }) => entry);
      const values = [...journalValues(directory, entries), ...liveValues(directory)];
      const { rows } = await sql.query<{ n: number }>(text, values, name);
      if (rows.length < items.length) await requireLive(sql, directory);
      const changed = new Set(rows.map(({ n }) => sorted[n]));
      return items.map((item) => changed.has(item));
    };
  return (statement, entry, order) => {
    const { directory } = entry.request;
    const place = { lane: directory.id, key: `${statement.name} ${liveKey(directory)}` };
    return gather(place, { entry, order }, runOf(directory, statement));
  };
}

function byOrder(one: Item, other: Item): number {
  if (one.order === other.order) return 0;
  return one.order < other.order ? -1 : 1;
}
