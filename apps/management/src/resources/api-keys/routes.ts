import { type Endpoint, gatewayEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import { apiKey, createdApiKey, newApiKey } from "./schema.ts";
import { createApiKey, listApiKeys, revokeApiKey } from "./store.ts";

const tag = "API keys";

export const apiKeyEndpoints: readonly Endpoint[] = [
  gatewayEndpoint({
    operationId: "createApiKey",
    method: "post",
    path: "/api-keys",
    permission: "api_keys.write",
    tag,
    summary: "Create a management API key, for one organization or for all",
    description: "It may be limited to permissions, and never has one that its creator has not.",
    body: newApiKey,
    status: 201,
    reply: createdApiKey,
    errors: ["organization_not_found", "permission_out_of_reach"],
    handle: (call) => createApiKey(call, call.body),
  }),
  gatewayEndpoint({
    operationId: "listApiKeys",
    method: "get",
    path: "/api-keys",
    permission: "api_keys.read",
    tag,
    summary: "List the API keys, revoked ones too",
    query: pageQuery,
    status: 200,
    reply: pageOf(apiKey),
    handle: (call) => listApiKeys(call, call.query),
  }),
  gatewayEndpoint({
    operationId: "revokeApiKey",
    method: "delete",
    path: "/api-keys/{keyId}",
    permission: "api_keys.write",
    tag,
    summary: "Revoke an API key",
    status: 204,
    handle: (call) => revokeApiKey(call, call.params.keyId),
  }),
];
