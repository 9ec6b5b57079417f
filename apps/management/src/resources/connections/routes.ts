import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import { connection, connectionInUse, connectionPatch, connectionUsage, newConnection } from "./schema.ts";
import {
  createConnection,
  deleteConnection,
  findConnection,
  getConnection,
  listConnections,
  updateConnection,
} from "./store.ts";
import { readUsage } from "./usage.ts";

const tag = "Connections";

export const connectionEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "createConnection",
    method: "post",
    path: "/organizations/{org}/connections",
    permission: "connections.write",
    tag,
    summary: "Connect an identity provider, by SAML or OpenID Connect",
    description: "The identity provider need not be up, unless its metadata is to be fetched.",
    body: newConnection,
    status: 201,
    reply: connection,
    errors: [
      "metadata_unavailable",
      "metadata_invalid",
      "certificate_invalid",
      "application_unknown",
      "connection_exists",
      "initiate_login_missing",
    ],
    handle: (call) => createConnection(call, call.organization.id, call.body),
  }),
  organizationEndpoint({
    operationId: "listConnections",
    method: "get",
    path: "/organizations/{org}/connections",
    permission: "connections.read",
    tag,
    summary: "List the organization's connections",
    query: pageQuery,
    status: 200,
    reply: pageOf(connectionInUse),
    handle: (call) => listConnections(call, call.organization.id, call.query),
  }),
  organizationEndpoint({
    operationId: "getConnection",
    method: "get",
    path: "/organizations/{org}/connections/{connectionId}",
    permission: "connections.read",
    tag,
    summary: "Get a connection, with the values to configure at its identity provider",
    status: 200,
    reply: connectionInUse,
    handle: (call) => getConnection(call, call.organization.id, call.params.connectionId),
  }),
  organizationEndpoint({
    operationId: "getConnectionUsage",
    method: "get",
    path: "/organizations/{org}/connections/{connectionId}/usage",
    permission: "connections.read",
    tag,
    summary: "Count who signs in by a connection, and who is signed in by it now",
    status: 200,
    reply: connectionUsage,
    handle: async (call) => {
      const { id } = await findConnection(call, call.organization.id, call.params.connectionId);
      return readUsage(call, call.organization.id, id);
    },
  }),
  organizationEndpoint({
    operationId: "updateConnection",
    method: "patch",
    path: "/organizations/{org}/connections/{connectionId}",
    permission: "connections.write",
    tag,
    summary: "Change a connection",
    description:
      "`saml` and `oidc` change the settings that they name and keep the others; another `oidc.issuer` needs its own `clientSecret` beside it. Disabling a connection ends the sessions that came by it.",
    body: connectionPatch,
    status: 200,
    reply: connection,
    errors: [
      "connection_type_mismatch",
      "client_secret_required",
      "metadata_unavailable",
      "metadata_invalid",
      "certificate_invalid",
      "application_unknown",
      "initiate_login_missing",
      "connection_active",
      "changed_meanwhile",
    ],
    handle: (call) => updateConnection(call, call.organization.id, call.params.connectionId, call.body),
  }),
  organizationEndpoint({
    operationId: "deleteConnection",
    method: "delete",
    path: "/organizations/{org}/connections/{connectionId}",
    permission: "connections.write",
    tag,
    summary: "Delete a connection, its identities, and the sessions that came by it",
    status: 204,
    handle: (call) => deleteConnection(call, call.organization.id, call.params.connectionId),
  }),
];
