import type { Command, Query, Taken } from "@sallyport/directories/push";
import type { Directory } from "../directory/directory.ts";
import type { Entry } from "../storage/journal.ts";
import type { SharedQuery, Statements, Transaction } from "../storage/statements.ts";

/** The same statements, for one request: they note what their rows have shown of it. */
export class ObservedStatements implements Statements {
  readonly #statements: Statements;
  readonly #seen: Seen = { live: false, logged: false };

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  get seen(): Readonly<Seen> {
    return this.#seen;
  }

  async read<Row extends object>(directory: Directory, query: SharedQuery, values: readonly unknown[]) {
    const rows = await this.#statements.read<Row>(directory, query, values);
    this.#seen.live ||= rows.length > 0;
    return rows;
  }

  async query<Row extends object>(directory: Directory, query: Query, values: readonly unknown[]) {
    const rows = await this.#statements.query<Row>(directory, query, values);
    this.#seen.live ||= query.live && rows.length > 0;
    return rows;
  }

  async write<Row extends Taken>(command: Command, entry: Entry) {
    const row = await this.#statements.write<Row>(command, entry);
    if (row !== undefined) {
      this.#seen.live = true;
      this.#seen.logged ||= row.changed !== false;
    }
    return row;
  }

  async transaction<Result>(
    directory: Directory,
    work: (transaction: Transaction) => Promise<Result>,
    resourceId?: string,
  ) {
    // Of the run that was committed, and of no earlier one.
    let seen: Seen = { live: false, logged: false };
    const observed = (transaction: Transaction) => {
      seen = { live: false, logged: false };
      return work(observing(transaction, seen));
    };
    const result = await this.#statements.transaction(directory, observed, resourceId);
    this.#seen.live ||= seen.live;
    this.#seen.logged ||= seen.logged;
    return result;
  }
}

interface Seen {
  /** A row was found or changed that statements see only while directory and token are live. */
  live: boolean;
  /** The request log has a row of the request already, written with what it changed. */
  logged: boolean;
}

function observing(transaction: Transaction, seen: Seen): Transaction {
  return {
    query: async <Row extends object>(query: Query, values: readonly unknown[]) => {
      const rows = await transaction.query<Row>(query, values);
      seen.live ||= query.live && rows.length > 0;
      return rows;
    },
    write: async (command, entry) => {
      const taken = await transaction.write(command, entry);
      seen.logged ||= taken;
      return taken;
    },
    requireLive: () => transaction.requireLive(),
  };
}
