import { newId, type Sql, type Statement, storableJson } from "@sallyport/database";

/** Who acts: an API key or directory by id, a user by `sub`, or the system itself (the reconciler, a sweep). */
export type Actor =
  | { readonly type: "apiKey" | "directory" | "user"; readonly id: string }
  | { readonly type: "operator" | "system" };

/** Who did what to which resource, from where, with what outcome. */
export interface AuditEvent {
  readonly organizationId: string | null;
  /** `<resource>.<past participle>`, as in "membership.suspended". */
  readonly type: string;
  readonly actor: Actor;
  readonly resource: { readonly type: string; readonly id: string };
  /** Default "success". */
  readonly outcome?: "success" | "failure" | "denied";
  readonly requestId?: string;
  readonly ip?: string;
  /** What changed, in ids and keys: no secrets, no message bodies. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * Records events with the change that they tell of: call it with the `Sql` of that change's transaction.
 * One statement for any number of events.
 */
export async function recordAudit(sql: Sql, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  const { text, values } = auditStatement(events);
  await sql.query(text, values, "audit_record");
}

/** What `recordAudit` runs, for a hot path that makes it a part of the very statement that makes the change. */
export function auditStatement(events: readonly AuditEvent[]): Statement {
  const rows = events.map((event) => ({
    id: newId(),
    organization_id: event.organizationId,
    type: event.type,
    actor_type: event.actor.type,
    actor_id: "id" in event.actor ? event.actor.id : null,
    resource_type: event.resource.type,
    resource_id: event.resource.id,
    outcome: event.outcome,
    request_id: event.requestId,
    ip: event.ip,
    data: event.data,
  }));
  return {
    text: `INSERT INTO events
       (id, organization_id, type, actor_type, actor_id, resource_type, resource_id, outcome, request_id, ip, data)
     SELECT id, organization_id, type, actor_type, actor_id, resource_type, resource_id,
            coalesce(outcome, 'success'), request_id, ip, coalesce(data, '{}')
     FROM json_to_recordset($1::json) AS event (
       id uuid, organization_id uuid, type text, actor_type text, actor_id text, resource_type text, resource_id text,
       outcome text, request_id text, ip text, data jsonb)`,
    values: [storableJson(JSON.stringify(rows))],
  };
}
