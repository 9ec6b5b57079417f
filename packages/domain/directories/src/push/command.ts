/** A SELECT of a directory's rows. */
export interface Query {
  /** Of the prepared statement, one for each text; undefined for a text that is not worth preparing. */
  readonly name: string | undefined;
  readonly text: string;
  /** Whether a row of it can only be found while directory and token are live (`live`, `whileLive`). */
  readonly live: boolean;
}

/** A fixed statement that changes a directory's rows for many requests at once. */
export interface Command {
  readonly name: string;
  /** Built on `live` and `entries`. Values: journal, liveValues. Returns a row for each entry that it took: `Taken`. */
  readonly text: string;
  /** The order in which entries lock what they change, the same in every process. Default: by resource id. */
  readonly order?: (entry: PushedChange) => string;
  /** Whether an entry may run together with others that came before it. Default: any may. */
  readonly goesWith?: (entry: PushedChange, others: readonly PushedChange[]) => boolean;
  /** Commands on the same resource take turns, and only those run together. */
  readonly byResource?: boolean;
}

/** What one request creates or changes. */
export interface PushedChange {
  readonly resourceId: string;
  /** What the command takes of it, by the names of its columns. */
  readonly columns?: Readonly<Record<string, unknown>>;
}

/** What a command returns of an entry that it took. */
export interface Taken {
  /** Which of the entries, counted from 0. */
  readonly n: number;
  /** False where there was nothing to change: then nothing was journalled either. */
  readonly changed?: boolean;
}
