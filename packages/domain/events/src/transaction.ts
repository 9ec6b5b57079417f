import type { Prisma, Sql } from "@sallyport/database";
import type { EventDraft } from "./event.ts";

/** One transaction, through Prisma and by SQL, with whose commit the events are recorded that tell of it (invariant 7). */
export interface RecordedTransaction {
  readonly tx: Prisma.TransactionClient;
  /** The same transaction. */
  readonly sql: Sql;
  /** Whoever runs the transaction adds who acts, and for which request. */
  record(event: EventDraft): void;
}
