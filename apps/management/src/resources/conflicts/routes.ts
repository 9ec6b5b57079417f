import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { conflict, conflictQuery, resolution } from "./schema.ts";
import { getOne, listOf, resolveConflict } from "./store.ts";

const tag = "Conflicts";

export const conflictEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "listConflicts",
    method: "get",
    path: "/organizations/{org}/conflicts",
    permission: "conflicts.read",
    tag,
    summary: "List conflicts: two users who may be one person, or one address that two claim",
    description:
      "Nobody is ever merged or guessed: the later one stays apart until an administrator decides.",
    query: conflictQuery,
    status: 200,
    reply: pageOf(conflict),
    handle: (call) => listOf(call, call.organization.id, call.query),
  }),
  organizationEndpoint({
    operationId: "getConflict",
    method: "get",
    path: "/organizations/{org}/conflicts/{conflictId}",
    permission: "conflicts.read",
    tag,
    summary: "Get a conflict",
    status: 200,
    reply: conflict,
    handle: (call) => getOne(call, call.organization.id, call.params.conflictId),
  }),
  organizationEndpoint({
    operationId: "resolveConflict",
    method: "post",
    path: "/organizations/{org}/conflicts/{conflictId}/resolve",
    permission: "conflicts.write",
    tag,
    summary: "Settle a conflict: link the two, or keep them apart",
    body: resolution,
    status: 204,
    errors: ["conflict_resolved"],
    handle: (call) => resolveConflict(call, call.organization.id, call.params.conflictId, call.body),
  }),
];
