import { isUniqueViolation } from "@sallyport/database";
import type { Command, Taken } from "@sallyport/directories/push";
import type { Directory } from "../directory/directory.ts";
import type { Entry } from "../storage/journal.ts";
import { liveKey } from "../storage/live.ts";
import type { BatchStatements, SharedQuery, Statements } from "../storage/statements.ts";
import { type BatchQueue, createBatcher } from "./batcher.ts";
import type { Lanes } from "./lanes.ts";
import { retryDeadlock } from "./retry.ts";

/** Queues of statements, by the directory's id except `turns`. */
export interface StatementLanes {
  /** For statements that run for many requests at once: a push does not wait for a list that takes long. */
  readonly shared: Lanes;
  /** For all others. */
  readonly single: Lanes;
  /** By the id of a resource. Whoever waits for its turn holds no lane. */
  readonly turns: Lanes;
}

/**
 * The same statements, so that many requests of one directory cost less, and nobody else anything: few run at once,
 * what waits runs together with its like, and what PostgreSQL ended to break a deadlock runs again.
 */
export function withThroughput(statements: BatchStatements, lanes: StatementLanes): Statements {
  const batchReads = createBatcher<readonly unknown[], readonly object[]>(() => false);
  // Which of them has a userName that is taken shows when each runs by itself: the others are then stored.
  const batchWrites = createBatcher<Entry, Taken | undefined>(isUniqueViolation);

  return {
    read: async <Row extends object>(
      directory: Directory,
      query: SharedQuery,
      values: readonly unknown[],
    ): Promise<readonly Row[]> => {
      const queue: BatchQueue<readonly unknown[]> = {
        key: `${query.name} ${liveKey(directory)}`,
        enter: (work) => lanes.shared.run(directory.id, work),
      };
      const rows = await batchReads(queue, values, (lists) => statements.readMany(directory, query, lists));
      return rows as readonly Row[];
    },
    query: (directory, query, values) =>
      lanes.single.run(directory.id, () => statements.query(directory, query, values)),
    write: async <Row extends Taken>(command: Command, entry: Entry) => {
      const run = (entries: readonly Entry[]) => retryDeadlock(() => statements.writeMany(command, entries));
      const taken = await batchWrites(queueOf(lanes, command, entry), entry, run);
      return taken as Row | undefined;
    },
    transaction: (directory, work, resourceId) => {
      const run = () => statements.transaction(directory, work);
      const inLane = () => lanes.single.run(directory.id, () => retryDeadlock(run));
      return resourceId === undefined ? inLane() : lanes.turns.run(resourceId, inLane);
    },
  };
}

function queueOf(lanes: StatementLanes, command: Command, { request, resourceId }: Entry): BatchQueue<Entry> {
  const { directory } = request;
  const { name, goesWith, byResource } = command;
  const key = `${name} ${liveKey(directory)}`;
  const enter = (work: () => Promise<void>) => lanes.shared.run(directory.id, work);
  if (byResource !== true) {
    return { key, enter, goesWith };
  }
  return {
    key: `${key} ${resourceId}`,
    enter: (work) => lanes.turns.run(resourceId, () => enter(work)),
    goesWith,
  };
}
