import type { RecordedEvent } from "@sallyport/events";

/** Events that follow each other, to be delivered by one request. */
export interface Batch {
  readonly streamId: string;
  /** Null: events of all organizations, and of none. */
  readonly organizationId: string | null;
  /** The number of the first event, and of the last: the same events have the same numbers at each attempt. */
  readonly first: number;
  readonly last: number;
  readonly events: readonly RecordedEvent[];
}

export interface BatchRequest {
  readonly method: "POST" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
