import type { Batch } from "@sallyport/audit-streams";

/** Whom the events of a stream are sent to. */
export interface Receiver {
  /**
   * What must have happened before the next batch is read. "ready": nothing was to be done; "done": something was, and was
   * done; "restarted": the stream begins anew, and was given back.
   */
  prepare(): Promise<"ready" | "done" | "restarted" | Refusal>;
  /** Sends a batch. */
  take(batch: Batch): Promise<"taken" | Refusal>;
}

/** Why it was not done, or is not known to be. */
export interface Refusal {
  /** In our words: they go into an event. */
  readonly error: string;
  /** What the receiver answered, for whoever looks at the stream while it fails. */
  readonly answer?: string | undefined;
  /** Null: there was no answer. */
  readonly status: number | null;
  /** `Retry-After` of the answer. */
  readonly retryAfter: string | null;
  /** We broke it off: it says nothing of the receiver. */
  readonly interrupted: boolean;
}

/** For an exchange with a receiver. The lease of a stream is longer. */
export const TIMEOUT_MS = 30_000;
