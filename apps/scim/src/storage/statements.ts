import type { Command, Query, Taken } from "@sallyport/directories/push";
import type { Directory } from "../directory/directory.ts";
import type { Entry } from "./journal.ts";

/** A fixed query that many requests ask at the same time, with values of their own. */
export interface SharedQuery {
  readonly name: string;
  /** Built on `whileLive`. $1 is the directory, $2 and $3 are its `liveValues`, the query's own values begin at $4. */
  readonly text: string;
  /** The types of its own values, of which there is one at least. */
  readonly types: readonly string[];
}

/** How the resources reach a directory's rows. */
export interface Statements {
  /** The rows of a shared query. */
  read<Row extends object>(
    directory: Directory,
    query: SharedQuery,
    values: readonly unknown[],
  ): Promise<readonly Row[]>;
  /** The rows of any other query. */
  query<Row extends object>(
    directory: Directory,
    query: Query,
    values: readonly unknown[],
  ): Promise<readonly Row[]>;
  /**
   * Runs a command for one entry, with a row of the journal in the same statement. Undefined when it did not take the
   * entry, and then it has changed nothing; 401 when that is because the directory or the token has ended.
   */
  write<Row extends Taken>(command: Command, entry: Entry): Promise<Row | undefined>;
  /**
   * Runs `work` in one transaction, maybe more than once.
   * @param resourceId the resource whose row it locks first, where many requests are likely to
   */
  transaction<Result>(
    directory: Directory,
    work: (transaction: Transaction) => Promise<Result>,
    resourceId?: string,
  ): Promise<Result>;
}

/** What can be done within a transaction. */
export interface Transaction {
  query<Row extends object>(query: Query, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs a command that needs not be built on `live`; whether it took the entry. */
  write(command: Command, entry: Entry): Promise<boolean>;
  /** For a query that has found nothing: 401 when that is because the directory or the token has ended. */
  requireLive(): Promise<void>;
}

/** Statements that can also be run for many requests at once. */
export interface BatchStatements extends Statements {
  /** The rows of each list of values, in their order. */
  readMany<Row extends object>(
    directory: Directory,
    query: SharedQuery,
    values: readonly (readonly unknown[])[],
  ): Promise<readonly (readonly Row[])[]>;
  /** @param entries of one directory: at least one */
  writeMany<Row extends Taken>(
    command: Command,
    entries: readonly Entry[],
  ): Promise<readonly (Row | undefined)[]>;
}
