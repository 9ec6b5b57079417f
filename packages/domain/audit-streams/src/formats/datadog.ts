import type { RecordedEvent } from "@sallyport/events";
import type { DatadogDestination } from "../destination.ts";
import type { Batch, BatchRequest } from "./batch.ts";

/** Datadog's log intake, version 2: an array of logs, with its standard attributes beside the event itself. */
export function datadogRequest(
  { site, url, tags }: DatadogDestination,
  apiKey: string,
  batch: Batch,
): BatchRequest {
  return {
    method: "POST",
    url: new URL("/api/v2/logs", url ?? `https://http-intake.logs.${site}`).href,
    headers: { "content-type": "application/json", "dd-api-key": apiKey },
    body: JSON.stringify(batch.events.map((event) => logOf(event, tags))),
  };
}

function logOf(event: RecordedEvent, tags: string | undefined) {
  const { type, outcome, actor, ip, occurredAt } = event;
  return {
    ddsource: "sallyport",
    service: "sallyport",
    ...(tags === undefined ? {} : { ddtags: tags }),
    message: `${type} (${outcome})`,
    timestamp: occurredAt.toISOString(),
    evt: { name: type, category: "audit", outcome },
    usr: { id: "id" in actor ? actor.id : actor.type },
    ...(ip === undefined ? {} : { network: { client: { ip } } }),
    event,
  };
}
