import { oidcRedirectUri, parseConnection, type StoredConnection } from "@sallyport/connections";
import { defined } from "@sallyport/defined";
import { maskUrl } from "@sallyport/login-records";
import type { OidcClient, OidcClients } from "@sallyport/oidc-client";
import * as client from "openid-client";
import type { LoginParameters, StartedLogin } from "../../core/protocol.ts";
import { clientOf } from "./verify-callback.ts";

/** Makes an authorization request: code flow with PKCE (RFC 7636), state and nonce, each new. */
export async function startOidcLogin(
  publicUrl: string,
  clients: OidcClients,
  stored: StoredConnection,
  parameters: LoginParameters,
): Promise<StartedLogin> {
  const connection = parseConnection("oidc", stored);
  const idp = await clientOf(clients, connection);
  const codeVerifier = client.randomPKCECodeVerifier();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(idp.exchange(), {
    redirect_uri: oidcRedirectUri(publicUrl, connection.id),
    scope: [...new Set(["openid", ...connection.settings.scopes])].join(" "),
    state: parameters.id,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: "S256",
    ...freshness(idp, parameters),
    ...(parameters.acrValues.length > 0 ? { acr_values: parameters.acrValues.join(" ") } : {}),
    ...defined({ login_hint: parameters.loginHint }),
  });
  return {
    send: { by: "redirect", url: url.toString() },
    state: { nonce, codeVerifier },
    request: maskUrl(url),
  };
}

const ESSENTIAL = claimsOf({ essential: true });
const VOLUNTARY = claimsOf(null);

/**
 * What is asked about the time of the login. The browser that carries it can take any of it out, and some IdPs listen to
 * one and not the other: so `completeLogin` goes by the answer. `max_age` makes `auth_time` required (OpenID Connect
 * Core §3.1.2.1), the claims parameter asks for it by itself (§5.5.1.1); who does not support that must ignore it.
 */
function freshness({ metadata }: OidcClient, parameters: LoginParameters): Record<string, string> {
  if (parameters.forceLogin) {
    return { prompt: "login", max_age: "0", claims: ESSENTIAL };
  }
  if (parameters.maxAge !== undefined) {
    return { max_age: String(parameters.maxAge), claims: ESSENTIAL };
  }
  // Nobody needs it now. A later request with max_age is spared a login where it is known.
  return metadata.claims_parameter_supported === true ? { claims: VOLUNTARY } : {};
}

function claimsOf(request: { readonly essential: true } | null): string {
  return JSON.stringify({ id_token: { auth_time: request } });
}
