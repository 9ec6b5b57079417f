import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { accessPlan, planQuery } from "../../api/plan.ts";
import { heldChange, heldChangeQuery } from "./schema.ts";
import { decide, getOne, listOf, planOf } from "./store.ts";

const tag = "Held changes";

export const heldChangeEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "listHeldChanges",
    method: "get",
    path: "/organizations/{org}/held-changes",
    permission: "held_changes.read",
    tag,
    summary:
      "List what directories, and signals of identity providers, would take from more people at once than guards let through",
    description:
      "The newest first. Nobody loses anything by a held change until an administrator confirms it.",
    query: heldChangeQuery,
    status: 200,
    reply: pageOf(heldChange),
    handle: (call) => listOf(call, call.organization.id, call.query),
  }),
  organizationEndpoint({
    operationId: "getHeldChange",
    method: "get",
    path: "/organizations/{org}/held-changes/{heldChangeId}",
    permission: "held_changes.read",
    tag,
    summary: "Get a held change",
    status: 200,
    reply: heldChange,
    handle: (call) => getOne(call, call.organization.id, call.params.heldChangeId),
  }),
  organizationEndpoint({
    operationId: "planHeldChange",
    method: "get",
    path: "/organizations/{org}/held-changes/{heldChangeId}/plan",
    permission: "held_changes.read",
    tag,
    summary: "Tell who would lose and gain what if a held change were confirmed now",
    description:
      "By what the directory says now, and the very rule that the worker follows; of a connection's, whose sessions would end. Changes nothing.",
    query: planQuery,
    status: 200,
    reply: accessPlan,
    handle: (call) => planOf(call, call.organization.id, call.params.heldChangeId, call.query),
  }),
  organizationEndpoint({
    operationId: "rejectHeldChange",
    method: "post",
    path: "/organizations/{org}/held-changes/{heldChangeId}/reject",
    permission: "held_changes.write",
    tag,
    summary: "Keep a held change from happening",
    description:
      "Its people keep what they have until the directory, or the identity provider, says something else of them.",
    status: 200,
    reply: heldChange,
    errors: ["held_change_decided"],
    handle: (call) => decide(call, call.organization.id, call.params.heldChangeId, "rejected"),
  }),
  organizationEndpoint({
    operationId: "confirmHeldChange",
    method: "post",
    path: "/organizations/{org}/held-changes/{heldChangeId}/confirm",
    permission: "held_changes.write",
    tag,
    summary:
      "Let a held change happen, as the directory then stands, or the end of sessions that signals meant",
    description:
      "Also one that was rejected before. Of a directory, the worker applies it within moments; of a connection, the sessions that had begun by the time of the signals end at once.",
    status: 200,
    reply: heldChange,
    errors: ["held_change_decided"],
    handle: (call) => decide(call, call.organization.id, call.params.heldChangeId, "confirmed"),
  }),
];
