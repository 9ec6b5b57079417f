import type { SplunkDestination } from "../destination.ts";
import type { Batch, BatchRequest } from "./batch.ts";

/**
 * Splunk's HTTP Event Collector: one JSON object after the other, the time in seconds.
 * Source: Splunk, "Format events for HTTP Event Collector" and "HTTP Event Collector REST API endpoints".
 */
export function splunkRequest({ url, index }: SplunkDestination, token: string, batch: Batch): BatchRequest {
  const body = batch.events
    .map((event) =>
      JSON.stringify({
        time: event.occurredAt.getTime() / 1_000,
        source: "sallyport",
        sourcetype: "sallyport:audit",
        ...(index === undefined ? {} : { index }),
        event,
      }),
    )
    .join("\n");
  return {
    method: "POST",
    url: new URL("/services/collector/event", url).href,
    headers: {
      authorization: `Splunk ${token}`,
      "content-type": "application/json",
      // Tokens with indexer acknowledgement refuse requests without a channel.
      "x-splunk-request-channel": batch.streamId,
    },
    body,
  };
}
