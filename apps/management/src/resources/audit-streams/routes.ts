import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import { auditStream, auditStreamPatch, newAuditStream } from "./schema.ts";
import {
  createAuditStream,
  deleteAuditStream,
  getAuditStream,
  listAuditStreams,
  testAuditStream,
  updateAuditStream,
} from "./store.ts";

const tag = "Audit streams";
const path = "/organizations/{org}/audit-streams";
const ofOne = "/organizations/{org}/audit-streams/{auditStreamId}";

export const auditStreamEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "createAuditStream",
    method: "post",
    path,
    permission: "audit_streams.write",
    tag,
    summary: "Have the organization's events sent to a collector as they happen",
    description: "In order, at least once: what the destination does not take waits, and holds what follows.",
    body: newAuditStream,
    status: 201,
    reply: auditStream,
    errors: ["audit_streams_too_many"],
    handle: (call) => createAuditStream(call, call.organization.id, call.body),
  }),
  organizationEndpoint({
    operationId: "listAuditStreams",
    method: "get",
    path,
    permission: "audit_streams.read",
    tag,
    summary: "List the organization's audit streams, with their lag",
    query: pageQuery,
    status: 200,
    reply: pageOf(auditStream),
    handle: (call) => listAuditStreams(call, call.organization.id, call.query),
  }),
  organizationEndpoint({
    operationId: "getAuditStream",
    method: "get",
    path: ofOne,
    permission: "audit_streams.read",
    tag,
    summary: "Get an audit stream, with its lag",
    status: 200,
    reply: auditStream,
    handle: (call) => getAuditStream(call, call.organization.id, call.params.auditStreamId),
  }),
  organizationEndpoint({
    operationId: "updateAuditStream",
    method: "patch",
    path: ofOne,
    permission: "audit_streams.write",
    tag,
    summary: "Change an audit stream, disable or enable it; what failed is tried again at once",
    body: auditStreamPatch,
    status: 200,
    reply: auditStream,
    errors: ["audit_stream_type_fixed", "audit_stream_secret_needed"],
    handle: (call) => updateAuditStream(call, call.organization.id, call.params.auditStreamId, call.body),
  }),
  organizationEndpoint({
    operationId: "testAuditStream",
    method: "post",
    path: `${ofOne}/test`,
    permission: "audit_streams.write",
    tag,
    summary: "Record a test event, which the stream delivers like any other",
    status: 204,
    handle: (call) => testAuditStream(call, call.organization.id, call.params.auditStreamId),
  }),
  organizationEndpoint({
    operationId: "deleteAuditStream",
    method: "delete",
    path: ofOne,
    permission: "audit_streams.write",
    tag,
    summary: "Delete an audit stream: nothing more is sent",
    status: 204,
    handle: (call) => deleteAuditStream(call, call.organization.id, call.params.auditStreamId),
  }),
];
