import type { Batch } from "./batch.ts";

/** Each event a line of JSON, as the events API shows it. */
export function jsonLines({ events }: Batch): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}
