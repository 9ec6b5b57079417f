import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { guard, guardSettings } from "./schema.ts";
import { getDirectoryGuard, getGuard, replaceDirectoryGuard, replaceGuard } from "./store.ts";

const tag = "Guards";

export const guardEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "getGuard",
    method: "get",
    path: "/organizations/{org}/guard",
    permission: "guards.read",
    tag,
    summary: "Get from how many people at once a directory of the organization may take access",
    description:
      "What a directory would take from more people than that within the time is held (`GET …/held-changes`): nobody loses anything until an administrator decides.",
    status: 200,
    reply: guard,
    handle: (call) => getGuard(call, call.organization.id),
  }),
  organizationEndpoint({
    operationId: "replaceGuard",
    method: "put",
    path: "/organizations/{org}/guard",
    permission: "guards.write",
    tag,
    summary: "Set from how many people at once a directory of the organization may take access",
    body: guardSettings,
    status: 200,
    reply: guard,
    handle: (call) => replaceGuard(call, call.organization.id, call.body),
  }),
  organizationEndpoint({
    operationId: "getDirectoryGuard",
    method: "get",
    path: "/organizations/{org}/directories/{directoryId}/guard",
    permission: "guards.read",
    tag,
    summary: "Get from how many people at once one directory may take access",
    status: 200,
    reply: guard,
    handle: (call) => getDirectoryGuard(call, call.organization.id, call.params.directoryId),
  }),
  organizationEndpoint({
    operationId: "replaceDirectoryGuard",
    method: "put",
    path: "/organizations/{org}/directories/{directoryId}/guard",
    permission: "guards.write",
    tag,
    summary: "Set from how many people at once one directory may take access",
    body: guardSettings,
    status: 200,
    reply: guard,
    handle: (call) => replaceDirectoryGuard(call, call.organization.id, call.params.directoryId, call.body),
  }),
  organizationEndpoint({
    operationId: "resetDirectoryGuard",
    method: "delete",
    path: "/organizations/{org}/directories/{directoryId}/guard",
    permission: "guards.write",
    tag,
    summary: "Have the organization's guard count for a directory again",
    status: 200,
    reply: guard,
    handle: (call) => replaceDirectoryGuard(call, call.organization.id, call.params.directoryId, null),
  }),
];
