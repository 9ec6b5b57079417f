import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import { newRole, role, rolePatch } from "./schema.ts";
import { createRole, deleteRole, getRole, listRoles, updateRole } from "./store.ts";

const tag = "Roles";

export const roleEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "createRole",
    method: "post",
    path: "/organizations/{org}/roles",
    permission: "roles.write",
    tag,
    summary: "Create a role",
    body: newRole,
    status: 201,
    reply: role,
    errors: ["role_key_taken"],
    handle: (call) => createRole(call, call.organization.id, call.body),
  }),
  organizationEndpoint({
    operationId: "listRoles",
    method: "get",
    path: "/organizations/{org}/roles",
    permission: "roles.read",
    tag,
    summary: "List the organization's roles",
    query: pageQuery,
    status: 200,
    reply: pageOf(role),
    handle: (call) => listRoles(call, call.organization.id, call.query),
  }),
  organizationEndpoint({
    operationId: "getRole",
    method: "get",
    path: "/organizations/{org}/roles/{roleId}",
    permission: "roles.read",
    tag,
    summary: "Get a role",
    status: 200,
    reply: role,
    handle: (call) => getRole(call, call.organization.id, call.params.roleId),
  }),
  organizationEndpoint({
    operationId: "updateRole",
    method: "patch",
    path: "/organizations/{org}/roles/{roleId}",
    permission: "roles.write",
    tag,
    summary: "Change a role's name or permissions; tokens show it at once",
    body: rolePatch,
    status: 200,
    reply: role,
    handle: (call) => updateRole(call, call.organization.id, call.params.roleId, call.body),
  }),
  organizationEndpoint({
    operationId: "deleteRole",
    method: "delete",
    path: "/organizations/{org}/roles/{roleId}",
    permission: "roles.write",
    tag,
    summary: "Delete a role, with its mappings, and remove it from all members",
    status: 204,
    errors: ["role_protected", "role_is_default"],
    handle: (call) => deleteRole(call, call.organization.id, call.params.roleId),
  }),
];
