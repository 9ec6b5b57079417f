import { newId, type Sql, type Statement, storableJson } from "@sallyport/database";
import { type Event, outcomeOf } from "./event.ts";

/**
 * Records events with the change that they tell of: call it with the `Sql` of that change's transaction, after the
 * change. One statement for any number of events; their order is that of the array.
 */
export async function recordEvents(sql: Sql, events: readonly Event[]): Promise<void> {
  if (events.length === 0) {
    return;
  }
  const { text, values } = eventsStatement(events);
  await sql.query(text, values, "events_record");
}

/** What `recordEvents` runs, for a hot path that makes it a part of the very statement that makes the change. */
export function eventsStatement(events: readonly Event[]): Statement {
  const rows = events.map((event) => ({
    id: newId(),
    organization_id: event.organizationId,
    type: event.type,
    actor_type: event.actor.type,
    actor_id: "id" in event.actor ? event.actor.id : null,
    resource_type: event.resource.type,
    resource_id: event.resource.id,
    outcome: outcomeOf(event.type),
    request_id: event.requestId,
    ip: event.ip,
    before: event.before,
    after: event.after,
    data: event.data,
  }));
  return {
    text: insertEvents(`
     SELECT id, now(), organization_id, type, actor_type, actor_id, resource_type, resource_id, outcome, request_id, ip,
            before, after, data
     FROM json_to_recordset($1::json) AS event (
       id uuid, organization_id uuid, type text, actor_type text, actor_id text, resource_type text, resource_id text,
       outcome text, request_id text, ip text, before jsonb, after jsonb, data jsonb)`),
    values: [storableJson(JSON.stringify(rows))],
  };
}

/**
 * SQL that records events which a statement makes of its own rows; nothing but tests holds them against the catalogue.
 * @param rows a SELECT of: id, when, organization, type, type and id of the actor, type and id of the resource, outcome,
 *   request id, address, and as jsonb: before, after, data
 */
export function insertEvents(rows: string): string {
  return `INSERT INTO events (id, created_at, organization_id, type, actor_type, actor_id, resource_type, resource_id,
                      outcome, request_id, ip, before, after, data) ${rows}`;
}
