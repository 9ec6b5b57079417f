import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import { connectionKey, keyActivation } from "./schema.ts";
import { activate, createKey, listKeys, retire } from "./store.ts";

const tag = "Connection keys";

export const connectionKeyEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "listConnectionKeys",
    method: "get",
    path: "/organizations/{org}/connections/{connectionId}/keys",
    permission: "connections.read",
    tag,
    summary: "List the key pairs of a connection, retired ones too",
    description:
      "The first is made when it is needed, at the latest when the connection's metadata (SAML) or JWKS (OpenID Connect with `private_key_jwt`) is first read.",
    query: pageQuery,
    status: 200,
    reply: pageOf(connectionKey),
    handle: (call) => listKeys(call, connectionOf(call), call.query),
  }),
  organizationEndpoint({
    operationId: "createConnectionKey",
    method: "post",
    path: "/organizations/{org}/connections/{connectionId}/keys",
    permission: "connections.write",
    tag,
    summary: "Create a second key pair, which begins a rotation; at most two are live",
    description: [
      "Signing and decryption, in four steps, none of which signs anybody out:",
      "1. Create the second key. The metadata lists both to verify by, and the second one to encrypt for; either decrypts, and the first one still signs.",
      "2. Have the identity provider read the metadata again, or give it the certificate.",
      "3. Activate the second key: it signs. The way back is to activate the first one again.",
      "4. Retire the first key, once the identity provider encrypts for the second one: the step `validated` of a login record names the key (`keyId`).",
      "",
      "The first key of a connection that has none signs at once. An OpenID Connect connection authenticates by its key (`private_key_jwt`), whose metadata is its JWKS.",
    ].join("\n"),
    status: 201,
    reply: connectionKey,
    errors: ["connection_keys_too_many"],
    handle: (call) => createKey(call, connectionOf(call)),
  }),
  organizationEndpoint({
    operationId: "activateConnectionKey",
    method: "post",
    path: "/organizations/{org}/connections/{connectionId}/keys/{connectionKeyId}/activate",
    permission: "connections.write",
    tag,
    summary: "Have a key pair sign from now on, and the other one stand by",
    body: keyActivation,
    status: 200,
    reply: connectionKey,
    errors: ["connection_key_unread"],
    handle: (call) => activate(call, connectionOf(call), call.params.connectionKeyId, call.body),
  }),
  organizationEndpoint({
    operationId: "retireConnectionKey",
    method: "delete",
    path: "/organizations/{org}/connections/{connectionId}/keys/{connectionKeyId}",
    permission: "connections.write",
    tag,
    summary: "Retire a key pair that does not sign: it leaves the metadata, and its private key is wiped",
    description:
      "An identity provider that encrypts for it signs nobody in any more, until it has read the metadata again.",
    status: 204,
    errors: ["connection_key_signing"],
    handle: (call) => retire(call, connectionOf(call), call.params.connectionKeyId),
  }),
];

function connectionOf(call: {
  readonly organization: { readonly id: string };
  readonly params: { readonly connectionId: string };
}) {
  return { id: call.params.connectionId, organizationId: call.organization.id };
}
