import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { scimRequest, scimRequestQuery } from "./schema.ts";
import { listScimRequests } from "./store.ts";

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
];
