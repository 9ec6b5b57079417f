import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { accessPlan, planQuery } from "../../api/plan.ts";
import { groupMapping, groupMappings, namedGroups, namedGroupsQuery } from "./schema.ts";
import { listGroupMappings, matchGroups, planGroupMappings, putGroupMappings } from "./store.ts";

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
    errors: ["role_unknown", "directory_unknown"],
    handle: (call) => putGroupMappings(call, call.organization.id, call.body),
  }),
  organizationEndpoint({
    operationId: "matchGroups",
    method: "get",
    path: "/organizations/{org}/group-mappings/matches",
    permission: "group_mappings.read",
    tag,
    summary: "Tell which of the directories' groups a mapping would name",
    description: "Groups that identity providers assert at sign-in are not known before.",
    query: namedGroupsQuery,
    status: 200,
    reply: namedGroups,
    handle: (call) => matchGroups(call, call.organization.id, call.query),
  }),
  organizationEndpoint({
    operationId: "planGroupMappings",
    method: "post",
    path: "/organizations/{org}/group-mappings/plan",
    permission: "group_mappings.write",
    tag,
    summary: "Tell who would gain and who would lose which roles if these mappings replaced all",
    description:
      "Uses the same rules as members' roles. Changes nothing. A role that a person also has for another reason is not lost; roles that they would gain only at their next sign-in, by a group that their identity provider asserts, are not included.",
    query: planQuery,
    body: groupMappings,
    status: 200,
    reply: accessPlan,
    errors: ["role_unknown", "directory_unknown"],
    handle: (call) => planGroupMappings(call, call.organization.id, call.body, call.query),
  }),
];
