import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { directoryUser, directoryUserDetails, directoryUserQuery } from "./schema.ts";
import { getDirectoryUser, listDirectoryUsers } from "./store.ts";

const tag = "Directories";

export const directoryUserEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "listDirectoryUsers",
    method: "get",
    path: "/organizations/{org}/directories/{directoryId}/users",
    permission: "directories.read",
    tag,
    summary: "List the users that the directory was pushed, the oldest first, and what became of them",
    query: directoryUserQuery,
    status: 200,
    reply: pageOf(directoryUser),
    handle: (call) => listDirectoryUsers(call, call.organization.id, call.params.directoryId, call.query),
  }),
  organizationEndpoint({
    operationId: "getDirectoryUser",
    method: "get",
    path: "/organizations/{org}/directories/{directoryId}/users/{directoryUserId}",
    permission: "directories.read",
    tag,
    summary: "Get a user as the directory pushed it, with its identifiers and groups",
    status: 200,
    reply: directoryUserDetails,
    handle: (call) =>
      getDirectoryUser(call, call.organization.id, call.params.directoryId, call.params.directoryUserId),
  }),
];
