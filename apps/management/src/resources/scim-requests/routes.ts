import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { liveRequest, scimRequest, scimRequestQuery } from "./schema.ts";
import { getScimRequest, listScimRequests, streamScimRequests } from "./store.ts";

export const scimRequestEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "listScimRequests",
    method: "get",
    path: "/organizations/{org}/directories/{directoryId}/scim-requests",
    permission: "scim_requests.read",
    tag: "SCIM requests",
    summary: "List the directory's SCIM requests of the last 30 days, the newest first",
    query: scimRequestQuery,
    status: 200,
    reply: pageOf(scimRequest),
    handle: (call) => listScimRequests(call, call.organization.id, call.params.directoryId, call.query),
  }),
  organizationEndpoint({
    operationId: "streamScimRequests",
    method: "get",
    path: "/organizations/{org}/directories/{directoryId}/scim-requests/stream",
    permission: "scim_requests.read",
    tag: "SCIM requests",
    summary: "Show the directory's SCIM requests as they come, by server-sent events",
    description:
      "Begins with the last 20, the oldest first. With the id of the last event in `Last-Event-ID` it begins with what came since; a request may come twice, and of very many at once some are left out. It ends after two minutes: connect anew.",
    status: 200,
    events: liveRequest,
    errors: ["streams_too_many", "streams_exhausted"],
    handle: (call) =>
      streamScimRequests(call, call.organization.id, call.params.directoryId, call.lastEventId),
  }),
  organizationEndpoint({
    operationId: "getScimRequest",
    method: "get",
    path: "/organizations/{org}/directories/{directoryId}/scim-requests/{scimRequestId}",
    permission: "scim_requests.read",
    tag: "SCIM requests",
    summary: "Get one of the directory's SCIM requests",
    status: 200,
    reply: scimRequest,
    handle: (call) =>
      getScimRequest(call, call.organization.id, call.params.directoryId, call.params.scimRequestId),
  }),
];
