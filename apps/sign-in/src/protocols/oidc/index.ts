import { createConnectionKeys } from "@sallyport/connections/keys";
import { maskUnverifiedUrl } from "@sallyport/login-records";
import { createOidcClients } from "@sallyport/oidc-client";
import type { SignInDeps } from "../../core/context.ts";
import type { ConnectionProtocol } from "../../core/protocol.ts";
import { startOidcLogin } from "./authorization-request.ts";
import { createOidcRouter } from "./router.ts";
import { verifyOidcCallback } from "./verify-callback.ts";

/** OpenID Connect, code flow: one relying party per connection, under /sso/oidc/{connectionId}. */
export function createOidcProtocol(deps: SignInDeps): ConnectionProtocol {
  const keys = createConnectionKeys(deps.database, deps.secrets, deps.now);
  const signingKey = async (connection: Parameters<typeof keys.ensure>[0]) =>
    (await keys.ensure(connection)).signing;
  const clients = createOidcClients({ ...deps, signingKey });
  return {
    type: "oidc",
    startsAtOnce: false,
    start: (connection, parameters) => startOidcLogin(deps.publicUrl, clients, connection, parameters),
    verify: (login, query) => verifyOidcCallback(deps, clients, login, query),
    show: (query) => maskUnverifiedUrl(new URL(`/callback${query}`, deps.publicUrl)),
    routes: (context) => createOidcRouter(context, keys),
  };
}
