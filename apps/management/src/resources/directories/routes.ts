import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import { createClient, listClients, revokeClient } from "./client-store.ts";
import { directoryPlan, directoryPlanQuery, planDirectory } from "./plan.ts";
import {
  createdDirectory,
  createdDirectoryClient,
  createdDirectoryToken,
  directory,
  directoryClient,
  directoryPatch,
  directoryToken,
  newDirectory,
  newDirectoryToken,
} from "./schema.ts";
import { createDirectory, deleteDirectory, getDirectory, listDirectories, updateDirectory } from "./store.ts";
import { createToken, listTokens, revokeToken } from "./token-store.ts";

const tag = "Directories";

export const directoryEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "createDirectory",
    method: "post",
    path: "/organizations/{org}/directories",
    permission: "directories.write",
    tag,
    summary: "Create a directory: a SCIM base URL and its first token",
    body: newDirectory,
    status: 201,
    reply: createdDirectory,
    handle: (call) => createDirectory(call, call.organization.id, call.body),
  }),
  organizationEndpoint({
    operationId: "listDirectories",
    method: "get",
    path: "/organizations/{org}/directories",
    permission: "directories.read",
    tag,
    summary: "List the organization's directories",
    query: pageQuery,
    status: 200,
    reply: pageOf(directory),
    handle: (call) => listDirectories(call, call.organization.id, call.query),
  }),
  organizationEndpoint({
    operationId: "getDirectory",
    method: "get",
    path: "/organizations/{org}/directories/{directoryId}",
    permission: "directories.read",
    tag,
    summary: "Get a directory",
    status: 200,
    reply: directory,
    handle: (call) => getDirectory(call, call.organization.id, call.params.directoryId),
  }),
  organizationEndpoint({
    operationId: "planDirectory",
    method: "get",
    path: "/organizations/{org}/directories/{directoryId}/plan",
    permission: "members.read",
    tag,
    summary: "Tell which members a directory has matched, and which it has not",
    description:
      "For a directory that is being connected to an organization with members: whom it has not matched stays as they are, and could sign in no longer only with `signIn: directory`. Whom it has inactive is suspended, or held where they are too many at once.",
    query: directoryPlanQuery,
    status: 200,
    reply: directoryPlan,
    handle: (call) => planDirectory(call, call.organization.id, call.params.directoryId, call.query),
  }),
  organizationEndpoint({
    operationId: "updateDirectory",
    method: "patch",
    path: "/organizations/{org}/directories/{directoryId}",
    permission: "directories.write",
    tag,
    summary: "Change a directory; a disabled one takes no pushes",
    body: directoryPatch,
    status: 200,
    reply: directory,
    handle: (call) => updateDirectory(call, call.organization.id, call.params.directoryId, call.body),
  }),
  organizationEndpoint({
    operationId: "deleteDirectory",
    method: "delete",
    path: "/organizations/{org}/directories/{directoryId}",
    permission: "directories.write",
    tag,
    summary: "Delete a directory, and take back what it granted",
    description:
      "Its tokens end at once. The memberships that it made are suspended, and their sessions end, by the reconciler within moments.",
    status: 204,
    handle: (call) => deleteDirectory(call, call.organization.id, call.params.directoryId),
  }),
  organizationEndpoint({
    operationId: "createDirectoryToken",
    method: "post",
    path: "/organizations/{org}/directories/{directoryId}/tokens",
    permission: "directories.write",
    tag,
    summary: "Create a token; at most two are live, so that one can take over from the other",
    body: newDirectoryToken,
    status: 201,
    reply: createdDirectoryToken,
    errors: ["tokens_too_many"],
    handle: (call) =>
      createToken(call, call.organization.id, call.params.directoryId, call.body.expiresAt ?? null),
  }),
  organizationEndpoint({
    operationId: "listDirectoryTokens",
    method: "get",
    path: "/organizations/{org}/directories/{directoryId}/tokens",
    permission: "directories.read",
    tag,
    summary: "List a directory's tokens, revoked ones too",
    query: pageQuery,
    status: 200,
    reply: pageOf(directoryToken),
    handle: async (call) => {
      const { id } = await getDirectory(call, call.organization.id, call.params.directoryId);
      return listTokens(call, call.organization.id, id, call.query);
    },
  }),
  organizationEndpoint({
    operationId: "revokeDirectoryToken",
    method: "delete",
    path: "/organizations/{org}/directories/{directoryId}/tokens/{tokenId}",
    permission: "directories.write",
    tag,
    summary: "Revoke a token",
    status: 204,
    handle: (call) => revokeToken(call, call.organization.id, call.params.directoryId, call.params.tokenId),
  }),
  organizationEndpoint({
    operationId: "createDirectoryClient",
    method: "post",
    path: "/organizations/{org}/directories/{directoryId}/clients",
    permission: "directories.write",
    tag,
    summary: "Create an OAuth client; at most two are live, so that one can take over from the other",
    description:
      "For SCIM clients that authenticate by OAuth 2.0 client credentials: they exchange id and secret for access tokens of `settings.accessTokenSeconds` at `tokenUrl`.",
    status: 201,
    reply: createdDirectoryClient,
    errors: ["clients_too_many"],
    handle: (call) => createClient(call, call.organization.id, call.params.directoryId),
  }),
  organizationEndpoint({
    operationId: "listDirectoryClients",
    method: "get",
    path: "/organizations/{org}/directories/{directoryId}/clients",
    permission: "directories.read",
    tag,
    summary: "List a directory's OAuth clients, revoked ones too",
    query: pageQuery,
    status: 200,
    reply: pageOf(directoryClient),
    handle: async (call) => {
      const { id } = await getDirectory(call, call.organization.id, call.params.directoryId);
      return listClients(call, call.organization.id, id, call.query);
    },
  }),
  organizationEndpoint({
    operationId: "revokeDirectoryClient",
    method: "delete",
    path: "/organizations/{org}/directories/{directoryId}/clients/{clientId}",
    permission: "directories.write",
    tag,
    summary: "Revoke an OAuth client, and every access token that it was issued",
    status: 204,
    handle: (call) => revokeClient(call, call.organization.id, call.params.directoryId, call.params.clientId),
  }),
];
