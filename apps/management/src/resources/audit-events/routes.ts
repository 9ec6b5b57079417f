import { type Endpoint, gatewayEndpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { auditEvent, auditQuery, exportQuery } from "./schema.ts";
import { exportAuditEvents, listAuditEvents } from "./store.ts";

const tag = "Audit events";
const exported = {
  tag,
  description:
    'The newest first; what happens after the first one was sent is not in it. `Sallyport-Event-Count` says how many events there are, with `;estimate` where they are too many to be counted first. The last line (`{"end":{"events":2}}`, or in CSV a row that begins with `# end: 2 events`) says how many were sent: a file without it is not whole. An export that broke goes on behind its last whole line by `after`, without the head of CSV. Cells of CSV that a spreadsheet would take for a formula begin with an apostrophe.',
  query: exportQuery,
  status: 200,
  file: ["application/x-ndjson", "text/csv"],
  errors: ["audit_event_not_found", "streams_too_many", "streams_exhausted"],
} as const;

export const auditEventEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "listAuditEvents",
    method: "get",
    path: "/organizations/{org}/audit-events",
    permission: "audit_events.read",
    tag,
    summary: "List what was done in the organization, the newest first",
    query: auditQuery,
    status: 200,
    reply: pageOf(auditEvent),
    handle: (call) => listAuditEvents(call, call.organization.id, call.query),
  }),
  gatewayEndpoint({
    operationId: "listGatewayAuditEvents",
    method: "get",
    path: "/audit-events",
    permission: "gateway_audit_events.read",
    tag,
    summary: "List what was done to that which belongs to no organization, the newest first",
    query: auditQuery,
    status: 200,
    reply: pageOf(auditEvent),
    handle: (call) => listAuditEvents(call, null, call.query),
  }),
  organizationEndpoint({
    ...exported,
    operationId: "exportAuditEvents",
    method: "get",
    path: "/organizations/{org}/audit-events/export",
    permission: "audit_events.read",
    summary: "Export what was done in the organization, as NDJSON or CSV",
    handle: async (call) => exportAuditEvents(call, call.organization.id, call.query),
  }),
  gatewayEndpoint({
    ...exported,
    operationId: "exportGatewayAuditEvents",
    method: "get",
    path: "/audit-events/export",
    permission: "gateway_audit_events.read",
    summary: "Export what was done to that which belongs to no organization, as NDJSON or CSV",
    handle: async (call) => exportAuditEvents(call, null, call.query),
  }),
];
