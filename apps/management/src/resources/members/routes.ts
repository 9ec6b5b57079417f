import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { getMemberAccess, memberAccess } from "./access.ts";
import { getMember, listMembers } from "./read.ts";
import { member, memberPatch, memberQuery, newMember } from "./schema.ts";
import { addMember, removeMember, updateMember } from "./write.ts";

const tag = "Members";

export const memberEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "addMember",
    method: "post",
    path: "/organizations/{org}/members",
    permission: "members.write",
    tag,
    summary: "Add a member by hand",
    body: newMember,
    status: 201,
    reply: member,
    errors: ["member_exists", "role_unknown"],
    handle: (call) => addMember(call, call.organization.id, call.body),
  }),
  organizationEndpoint({
    operationId: "listMembers",
    method: "get",
    path: "/organizations/{org}/members",
    permission: "members.read",
    tag,
    summary: "List members, with their roles and groups",
    query: memberQuery,
    status: 200,
    reply: pageOf(member),
    handle: (call) => listMembers(call, call.organization.id, call.query),
  }),
  organizationEndpoint({
    operationId: "getMember",
    method: "get",
    path: "/organizations/{org}/members/{memberId}",
    permission: "members.read",
    tag,
    summary: "Get a member",
    status: 200,
    reply: member,
    handle: (call) => getMember(call.deps.database.sql, call.organization.id, call.params.memberId),
  }),
  organizationEndpoint({
    operationId: "getMemberAccess",
    method: "get",
    path: "/organizations/{org}/members/{memberId}/access",
    permission: "members.read",
    tag,
    summary: "Tell why a member has each role and permission, and whether they could sign in",
    description:
      "Each role with the chain of reasons for it, and each check that a sign-in is held against, with what to do where it does not pass. By the very rules that sign-ins and the worker follow; what the identity provider would say is not known here.",
    status: 200,
    reply: memberAccess,
    handle: (call) => getMemberAccess(call, call.organization.id, call.params.memberId),
  }),
  organizationEndpoint({
    operationId: "updateMember",
    method: "patch",
    path: "/organizations/{org}/members/{memberId}",
    permission: "members.write",
    tag,
    summary: "Suspend or activate a member, or set the roles granted by hand",
    description: "Suspending ends the member's sessions at once.",
    body: memberPatch,
    status: 200,
    reply: member,
    errors: ["membership_managed_by_directory", "role_unknown"],
    handle: (call) => updateMember(call, call.organization.id, call.params.memberId, call.body),
  }),
  organizationEndpoint({
    operationId: "removeMember",
    method: "delete",
    path: "/organizations/{org}/members/{memberId}",
    permission: "members.write",
    tag,
    summary: "Remove a member, and end their sessions",
    description: "A sign-in may make them a member again; to keep somebody out, suspend them.",
    status: 204,
    errors: ["membership_managed_by_directory"],
    handle: (call) => removeMember(call, call.organization.id, call.params.memberId),
  }),
];
