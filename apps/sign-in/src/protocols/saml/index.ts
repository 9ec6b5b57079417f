import { createConnectionKeys } from "@sallyport/connections/keys";
import type { SignInDeps } from "../../core/context.ts";
import type { ConnectionProtocol } from "../../core/protocol.ts";
import { startSamlLogin } from "./authn-request.ts";
import { createMetadataRefreshRequests } from "./metadata-refresh-requests.ts";
import { createSamlRouter } from "./router.ts";
import { showResponse, verifySamlResponse } from "./verify-response.ts";

/** SAML 2.0 Web Browser SSO (profiles 4.1): one service provider per connection, under /sso/saml/{connectionId}. */
export function createSamlProtocol(deps: SignInDeps): ConnectionProtocol {
  const keys = createConnectionKeys(deps.database, deps.secrets, deps.now);
  const refreshRequests = createMetadataRefreshRequests(deps);
  return {
    type: "saml",
    startsAtOnce: true,
    start: (connection, parameters) => startSamlLogin(deps.publicUrl, keys, connection, parameters),
    verify: (login, response) => verifySamlResponse(deps, keys, refreshRequests, login, response),
    show: showResponse,
    routes: (context) => createSamlRouter(context, keys),
  };
}
