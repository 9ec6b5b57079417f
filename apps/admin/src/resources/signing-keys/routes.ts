import { type Endpoint, gatewayEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import type { RotateSigningKeys } from "../../deps.ts";
import { rotated, rotation, signingKey } from "./schema.ts";
import { listSigningKeys, rotateSigningKeys } from "./store.ts";

const tag = "Signing keys";

/** Listing always; rotation where the process can do it. */
export function signingKeyEndpoints(rotate: RotateSigningKeys | undefined): readonly Endpoint[] {
  const list = gatewayEndpoint({
    operationId: "listSigningKeys",
    method: "get",
    path: "/signing-keys",
    tag,
    summary: "List the keys that sign tokens, the newest first",
    query: pageQuery,
    status: 200,
    reply: pageOf(signingKey),
    handle: (call) => listSigningKeys(call, call.query),
  });
  if (rotate === undefined) return [list];
  return [
    list,
    gatewayEndpoint({
      operationId: "rotateSigningKeys",
      method: "post",
      path: "/signing-keys/rotate",
      tag,
      summary: "Make a new signing key",
      body: rotation,
      status: 201,
      reply: rotated,
      handle: (call) => rotateSigningKeys(call, rotate, call.body.immediately),
    }),
  ];
}
