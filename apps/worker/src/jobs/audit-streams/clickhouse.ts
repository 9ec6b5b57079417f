import {
  EVENTS_TABLE,
  type Following,
  linesOf,
  nextFollowing,
  startOver,
  type TakenStream,
} from "@sallyport/audit-streams";
import {
  type Clickhouse,
  ClickhouseError,
  migrateTable,
  type RequestOptions,
  tableVersion,
} from "@sallyport/clickhouse";
import type { Database } from "@sallyport/database";
import { forgetChanges } from "@sallyport/events";
import { type Receiver, type Refusal, TIMEOUT_MS } from "./receiver.ts";

interface TableDeps {
  readonly database: Database;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

interface Turn extends TableDeps {
  /** Time for one request: all of a turn's end before its lease does, so that nothing of it comes behind the next one's. */
  readonly within: () => RequestOptions;
}

/** Of the lease's 60 s. */
const TURN_MS = 50_000;

/**
 * The operator's ClickHouse, whose table is made and migrated before anything is sent: again by each process, and whenever
 * something failed.
 */
export class ClickhouseTable {
  readonly #clickhouse: Clickhouse;
  #ready = false;

  constructor(clickhouse: Clickhouse) {
    this.#clickhouse = clickhouse;
  }

  receiverOf(stream: TakenStream, deps: TableDeps): Receiver {
    const end = performance.now() + TURN_MS;
    const timeoutMs = () => Math.max(1, Math.min(TIMEOUT_MS, end - performance.now()));
    const turn = { ...deps, within: () => ({ timeoutMs: timeoutMs(), signal: deps.signal }) };
    return {
      prepare: () => this.#attempt(() => this.#prepare(stream, turn)),
      take: (batch) =>
        this.#attempt(async () => {
          await this.#clickhouse.insert(EVENTS_TABLE.name, linesOf(batch.events), turn.within());
          return "taken" as const;
        }),
    };
  }

  async #prepare(
    stream: TakenStream,
    { database, now, within }: Turn,
  ): Promise<"ready" | "done" | "restarted"> {
    if (!this.#ready) {
      const made = await tableVersion(this.#clickhouse, EVENTS_TABLE, within());
      if (made === null && stream.position > 0) {
        // Before the table is made: a process that dies between the two leaves no table that lacks what was sent earlier.
        await startOver(database, stream);
        return "restarted";
      }
      await migrateTable(this.#clickhouse, EVENTS_TABLE, within());
      this.#ready = true;
    }
    const following = await nextFollowing(database.sql, now());
    if (following === null) {
      return "ready";
    }
    await this.#follow(following, within);
    await forgetChanges(database.sql, following.changes);
    return "done";
  }

  /** Has the table follow what was erased and deleted here. */
  async #follow({ lines, statement }: Following, within: Turn["within"]): Promise<void> {
    if (lines !== "") {
      await this.#clickhouse.insert(EVENTS_TABLE.name, lines, within());
    }
    await this.#clickhouse.run(statement, within());
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result | Refusal> {
    try {
      return await work();
    } catch (error) {
      this.#ready = false;
      if (error instanceof ClickhouseError) {
        const { message, answer, status, retryAfter, interrupted } = error;
        return { error: message, answer, status, retryAfter, interrupted };
      }
      throw error;
    }
  }
}
