import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { erasure, erasureState } from "./schema.ts";
import { eraseMember, getErasureState } from "./store.ts";

const tag = "Erasure";

export const erasureEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "getErasureState",
    method: "get",
    path: "/organizations/{org}/members/{memberId}/erasure",
    permission: "members.read",
    tag,
    summary: "Tell whether a person is to be erased, or was, and what would end",
    description: "Takes the id of the membership, or of the user, also when they are gone.",
    status: 200,
    reply: erasureState,
    handle: (call) => getErasureState(call, call.organization.id, call.params.memberId),
  }),
  organizationEndpoint({
    operationId: "eraseMember",
    method: "post",
    path: "/organizations/{org}/members/{memberId}/erase",
    permission: "erasure.write",
    tag,
    summary: "Erase a person: end their access at once, and delete what is known of them",
    description:
      "Cannot be undone. Takes the id of the membership, or, of somebody who is no member any more, that of the user. The audit trail keeps every event, with ids alone; a directory that pushes the person again makes a new one. Asked again, it answers the same. Large request logs are gone through behind the answer (`underWay`).",
    status: 200,
    reply: erasure,
    handle: (call) => eraseMember(call, call.organization.id, call.params.memberId),
  }),
];
