import type { RecordedEvent } from "@sallyport/events";

/** What is sent of one event: the payload that the Standard Webhooks convention recommends. */
export interface Message {
  readonly type: string;
  readonly timestamp: string;
  readonly data: RecordedEvent;
}

/** The body: the same bytes each time that an event is told. */
export function bodyOf(event: RecordedEvent): string {
  const message: Message = { type: event.type, timestamp: event.occurredAt.toISOString(), data: event };
  return JSON.stringify(message);
}

/**
 * @param deliveryId one event for one endpoint: the same at each attempt, also of a replay
 * @param at when this attempt was made
 */
export function headersOf(deliveryId: string, at: Date, signature: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "user-agent": "sallyport-webhooks/1",
    "webhook-id": deliveryId,
    "webhook-timestamp": String(timestampOf(at)),
    "webhook-signature": signature,
  };
}

/** In seconds, as the convention has it. */
export function timestampOf(at: Date): number {
  return Math.floor(at.getTime() / 1_000);
}
