import { type Endpoint, gatewayEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import type { SigningKeyChanges } from "../../deps.ts";
import { rotated, rotation, signingKey } from "./schema.ts";
import { distrustSigningKey, listSigningKeys, rotateSigningKeys } from "./store.ts";

const tag = "Signing keys";

/** Listing always; changes where the process can do them. */
export function signingKeyEndpoints(keys: SigningKeyChanges | undefined): readonly Endpoint[] {
  const list = gatewayEndpoint({
    operationId: "listSigningKeys",
    method: "get",
    path: "/signing-keys",
    permission: "signing_keys.read",
    tag,
    summary: "List the keys that sign tokens, the newest first",
    query: pageQuery,
    status: 200,
    reply: pageOf(signingKey),
    handle: (call) => listSigningKeys(call, call.query),
  });
  if (keys === undefined) {
    return [list];
  }
  return [
    list,
    gatewayEndpoint({
      operationId: "rotateSigningKeys",
      method: "post",
      path: "/signing-keys/rotate",
      permission: "signing_keys.write",
      tag,
      summary: "Make a new signing key for each algorithm",
      body: rotation,
      status: 201,
      reply: rotated,
      handle: (call) => rotateSigningKeys(call, keys, call.body.immediately),
    }),
    gatewayEndpoint({
      operationId: "distrustSigningKey",
      method: "post",
      path: "/signing-keys/{kid}/distrust",
      permission: "signing_keys.write",
      tag,
      summary: "Take back a signing key that somebody else may have",
      description:
        "At once, in every process: it is gone from the JWKS, and every token that it signed is refused. If it signs, the next one of its algorithm takes over, and one is made where there is none. Sessions and refresh tokens stay; applications that verify tokens by themselves trust it until they fetch the JWKS again. Cannot be undone; done again it changes nothing.",
      status: 200,
      reply: signingKey,
      handle: (call) => distrustSigningKey(call, keys, call.params.kid),
    }),
  ];
}
