import type { RecordedEvent } from "./event.ts";

/** A row of `events` (alias `e`), with the sequence of its `outbox` row (alias `o`), as JSON would have it. */
export interface EventRow {
  readonly id: string;
  readonly organization_id: string | null;
  readonly sequence: string | null;
  readonly type: string;
  readonly created_at: Date;
  readonly actor_type: string;
  readonly actor_id: string | null;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly data: unknown;
  readonly outcome: string;
  readonly request_id: string | null;
  readonly ip: string | null;
}

export const EVENT_COLUMNS = `
  e.id, e.organization_id, o.sequence, e.type, e.created_at, e.actor_type, e.actor_id, e.resource_type, e.resource_id,
  e.before, e.after, e.data, e.outcome, e.request_id, e.ip`;

/** The event of a row. What was recorded is trusted, not parsed: an older version may have recorded it. */
export function eventOf(row: EventRow): RecordedEvent {
  const { request_id: requestId, ip, before, after, data } = row;
  const event = {
    id: row.id,
    type: row.type,
    organizationId: row.organization_id,
    sequence: row.sequence === null ? null : Number(row.sequence),
    occurredAt: row.created_at,
    actor: row.actor_id === null ? { type: row.actor_type } : { type: row.actor_type, id: row.actor_id },
    resource: { type: row.resource_type, id: row.resource_id },
    ...(before === null ? {} : { before }),
    ...(after === null ? {} : { after }),
    ...(data === null ? {} : { data }),
    outcome: row.outcome,
    ...(requestId === null ? {} : { requestId }),
    ...(ip === null ? {} : { ip }),
  };
  return event as unknown as RecordedEvent;
}
