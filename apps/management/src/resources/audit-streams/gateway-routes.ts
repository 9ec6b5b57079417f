import { type Endpoint, gatewayEndpoint } from "../../api/endpoint.ts";
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
const path = "/audit-streams";
const ofOne = "/audit-streams/{gatewayAuditStreamId}";

export const gatewayAuditStreamEndpoints: readonly Endpoint[] = [
  gatewayEndpoint({
    operationId: "createGatewayAuditStream",
    method: "post",
    path,
    permission: "gateway_audit_streams.write",
    tag,
    summary: "Have the events of all organizations, and of none, sent to a collector as they happen",
    description: "In order, at least once: what the destination does not take waits, and holds what follows.",
    body: newAuditStream,
    status: 201,
    reply: auditStream,
    errors: ["audit_streams_too_many"],
    handle: (call) => createAuditStream(call, null, call.body),
  }),
  gatewayEndpoint({
    operationId: "listGatewayAuditStreams",
    method: "get",
    path,
    permission: "gateway_audit_streams.read",
    tag,
    summary: "List the audit streams of all organizations' events, with their lag",
    query: pageQuery,
    status: 200,
    reply: pageOf(auditStream),
    handle: (call) => listAuditStreams(call, null, call.query),
  }),
  gatewayEndpoint({
    operationId: "getGatewayAuditStream",
    method: "get",
    path: ofOne,
    permission: "gateway_audit_streams.read",
    tag,
    summary: "Get an audit stream of all organizations' events, with its lag",
    status: 200,
    reply: auditStream,
    handle: (call) => getAuditStream(call, null, call.params.gatewayAuditStreamId),
  }),
  gatewayEndpoint({
    operationId: "updateGatewayAuditStream",
    method: "patch",
    path: ofOne,
    permission: "gateway_audit_streams.write",
    tag,
    summary:
      "Change an audit stream of all organizations' events, disable or enable it; what failed is tried again at once",
    body: auditStreamPatch,
    status: 200,
    reply: auditStream,
    errors: ["audit_stream_of_environment", "audit_stream_type_fixed", "audit_stream_secret_needed"],
    handle: (call) => updateAuditStream(call, null, call.params.gatewayAuditStreamId, call.body),
  }),
  gatewayEndpoint({
    operationId: "testGatewayAuditStream",
    method: "post",
    path: `${ofOne}/test`,
    permission: "gateway_audit_streams.write",
    tag,
    summary: "Record a test event of no organization, which the stream delivers like any other",
    status: 204,
    handle: (call) => testAuditStream(call, null, call.params.gatewayAuditStreamId),
  }),
  gatewayEndpoint({
    operationId: "deleteGatewayAuditStream",
    method: "delete",
    path: ofOne,
    permission: "gateway_audit_streams.write",
    tag,
    summary: "Delete an audit stream of all organizations' events: nothing more is sent",
    status: 204,
    errors: ["audit_stream_of_environment"],
    handle: (call) => deleteAuditStream(call, null, call.params.gatewayAuditStreamId),
  }),
];
