import { newId } from "@sallyport/database";
import type { ScimRequest } from "../protocol/exchange.ts";
import type { JsonObject } from "../protocol/json.ts";
import { loggedBody, loggedPath } from "./mask.ts";

/**
 * What every write leaves in the same statement as its change: a row of the request log and an audit event
 * (ARCHITECTURE.md, invariants 1 and 7). The first values of each writing statement are these, in this order; its own
 * begin at $14.
 */
export function journalValues(
  request: ScimRequest,
  answer: { readonly status: number; readonly body?: JsonObject },
): unknown[] {
  return [
    request.directory.organizationId,
    request.directory.id,
    request.receivedAt,
    newId(),
    newId(),
    request.requestId,
    request.method,
    loggedPath(request.path),
    answer.status,
    performance.now() - request.startedAt,
    loggedBody(request.body),
    loggedBody(answer.body),
    request.ip ?? null,
  ];
}

export const ORGANIZATION = "$1";
export const DIRECTORY = "$2";
export const NOW = "$3";

/** What a statement's journal tells, as SQL over the row of `from`. */
interface Entry {
  /** The CTE that has one row when the change took place, and none when not. */
  readonly from: string;
  /** "directory_user.created" */
  readonly event: string;
  readonly resourceType: "directoryUser" | "directoryGroup";
  readonly resourceId: string;
  /** jsonb: which names or ids changed, never values. */
  readonly data: string;
  /** jsonb: {users?: [id], groups?: [id]} */
  readonly changed: string;
}

/** The common table expressions that write the journal. The latency is that up to here in this statement. */
export function journal(entry: Entry): string {
  return `
  request_logged AS (
    INSERT INTO scim_requests (organization_id, directory_id, created_at, id, request_id, method, path, status,
                               latency_ms, request_body, response_body, changed)
    SELECT $1, $2, $3, $4, $6, $7, $8, $9,
           $10::float8 + extract(epoch FROM clock_timestamp() - statement_timestamp())::float8 * 1000,
           $11::jsonb, $12::jsonb, ${entry.changed}
    FROM ${entry.from}),
  audited AS (
    INSERT INTO audit_events (organization_id, created_at, id, request_id, ip, type, actor_type, actor_id,
                              resource_type, resource_id, data)
    SELECT $1, $3, $5, $6, $13, '${entry.event}', 'directory', $2::uuid::text,
           '${entry.resourceType}', ${entry.resourceId}::text, ${entry.data}
    FROM ${entry.from})`;
}
