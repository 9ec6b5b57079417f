import { type Endpoint, gatewayEndpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { auditEvent, auditQuery } from "./schema.ts";
import { listAuditEvents } from "./store.ts";

const tag = "Audit events";

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
];
