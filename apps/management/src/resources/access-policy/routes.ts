import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { accessPlan, planQuery } from "../../api/plan.ts";
import { accessPolicy, accessPolicyPatch } from "./schema.ts";
import { getAccessPolicy, planAccessPolicy, updateAccessPolicy } from "./store.ts";

const tag = "Access policy";
const path = "/organizations/{org}/access-policy";

export const accessPolicyEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "getAccessPolicy",
    method: "get",
    path,
    permission: "access_policy.read",
    tag,
    summary: "Get the default role, the order of directories, and the seats with their use",
    status: 200,
    reply: accessPolicy,
    handle: (call) => getAccessPolicy(call, call.organization.id),
  }),
  organizationEndpoint({
    operationId: "updateAccessPolicy",
    method: "patch",
    path,
    permission: "access_policy.write",
    tag,
    summary: "Change the default role, the order of directories, or the seats",
    body: accessPolicyPatch,
    status: 200,
    reply: accessPolicy,
    errors: ["role_unknown", "directory_unknown", "key_scope_insufficient"],
    handle: (call) => updateAccessPolicy(call, call.organization.id, call.body),
  }),
  organizationEndpoint({
    operationId: "planAccessPolicy",
    method: "post",
    path: `${path}/plan`,
    permission: "access_policy.write",
    tag,
    summary: "Tell who would gain and who would lose what by a change of the access policy",
    description: "By the very rule that members' access follows. Changes nothing.",
    query: planQuery,
    body: accessPolicyPatch,
    status: 200,
    reply: accessPlan,
    errors: ["role_unknown", "directory_unknown"],
    handle: (call) => planAccessPolicy(call, call.organization.id, call.body, call.query),
  }),
];
