import type { RecordedEvent } from "@sallyport/events";

/** In place of an organization's id, of the events that belong to none: a column of the order cannot be null. */
const NO_ORGANIZATION = "00000000-0000-0000-0000-000000000000";

/** Events as lines of JSON, by the names of columns. `versionOf`: which of two rows of one event stands. */
export function linesOf(
  events: readonly RecordedEvent[],
  versionOf: (event: RecordedEvent) => number = () => 0,
): string {
  return events.map((event) => `${JSON.stringify(rowOf(event, versionOf(event)))}\n`).join("");
}

function rowOf(event: RecordedEvent, version: number) {
  const { actor, resource, before, after, data } = event;
  return {
    organization_id: event.organizationId ?? NO_ORGANIZATION,
    sequence: event.sequence,
    id: event.id,
    occurred_at: timeOf(event.occurredAt),
    type: event.type,
    outcome: event.outcome,
    actor_type: actor.type,
    actor_id: "id" in actor ? actor.id : "",
    resource_type: resource.type,
    resource_id: resource.id,
    request_id: event.requestId ?? "",
    ip: event.ip ?? "",
    before: jsonOf(before),
    after: jsonOf(after),
    data: jsonOf(data),
    version,
  };
}

const jsonOf = (value: unknown) => (value === undefined ? "" : JSON.stringify(value));

/** As ClickHouse writes and reads a time of the zone UTC: "2026-11-29 14:00:00.000". */
export const timeOf = (at: Date) => at.toISOString().slice(0, 23).replace("T", " ");
