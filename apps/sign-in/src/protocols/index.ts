import type { SignInDeps } from "../core/context.ts";
import type { ConnectionProtocol } from "../core/protocol.ts";
import { createOidcProtocol } from "./oidc/index.ts";
import { createSamlProtocol } from "./saml/index.ts";

/** The protocols that connections speak: the one list of them. */
export function createProtocols(deps: SignInDeps): readonly ConnectionProtocol[] {
  return [createSamlProtocol(deps), createOidcProtocol(deps)];
}
