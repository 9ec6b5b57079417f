import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { groupMapping, groupMappings } from "./schema.ts";
import { listGroupMappings, putGroupMappings } from "./store.ts";

const tag = "Group mappings";

export const groupMappingEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "listGroupMappings",
    method: "get",
    path: "/organizations/{org}/group-mappings",
    permission: "group_mappings.read",
    tag,
    summary: "List which groups give which roles",
    description: "All on one page.",
    status: 200,
    reply: pageOf(groupMapping),
    handle: (call) => listGroupMappings(call, call.organization.id),
  }),
  organizationEndpoint({
    operationId: "replaceGroupMappings",
    method: "put",
    path: "/organizations/{org}/group-mappings",
    permission: "group_mappings.write",
    tag,
    summary: "Say which groups, pushed or asserted, give which roles: replaces all mappings",
    body: groupMappings,
    status: 200,
    reply: pageOf(groupMapping),
    errors: ["role_unknown"],
    handle: (call) => putGroupMappings(call, call.organization.id, call.body),
  }),
];
