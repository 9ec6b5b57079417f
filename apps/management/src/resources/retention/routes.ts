import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { newRetention, retention, retentionPlan } from "./schema.ts";
import { getRetention, planRetention, replaceRetention } from "./store.ts";

const tag = "Retention";

export const retentionEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "getRetention",
    method: "get",
    path: "/organizations/{org}/retention",
    permission: "retention.read",
    tag,
    summary: "Get how long the organization keeps what",
    status: 200,
    reply: retention,
    handle: (call) => getRetention(call, call.organization.id),
  }),
  organizationEndpoint({
    operationId: "replaceRetention",
    method: "put",
    path: "/organizations/{org}/retention",
    permission: "retention.write",
    tag,
    summary: "Set how long the organization keeps what",
    description:
      "What is older by then is deleted within the hour, and for good: `POST …/retention/plan` says first how much that is.",
    body: newRetention,
    status: 200,
    reply: retention,
    errors: ["retention_out_of_bounds"],
    handle: (call) => replaceRetention(call, call.organization.id, call.body),
  }),
  organizationEndpoint({
    operationId: "resetRetention",
    method: "delete",
    path: "/organizations/{org}/retention",
    permission: "retention.write",
    tag,
    summary: "Have the defaults count again",
    status: 200,
    reply: retention,
    handle: (call) => replaceRetention(call, call.organization.id, null),
  }),
  organizationEndpoint({
    operationId: "planRetention",
    method: "post",
    path: "/organizations/{org}/retention/plan",
    permission: "retention.read",
    tag,
    summary: "Tell how much would be deleted if it were kept for so long. Changes nothing.",
    body: newRetention,
    status: 200,
    reply: retentionPlan,
    handle: (call) => planRetention(call, call.organization.id, call.body),
  }),
];
