import { oidcRedirectUri } from "@sallyport/connections";
import * as client from "openid-client";
import { maskUrl } from "../login-records/index.ts";
import type { OidcConnection } from "../sign-in/connections.ts";
import type { LoginWish, StartedLogin } from "../sign-in/protocol.ts";
import type { OidcConfigurations } from "./configuration.ts";

/** Makes an authorization request: code flow with PKCE (RFC 7636), state and nonce, each new. */
export async function startOidcLogin(
  publicUrl: string,
  configurations: OidcConfigurations,
  connection: OidcConnection,
  wish: LoginWish,
): Promise<StartedLogin> {
  const configuration = await configurations.of(connection);
  const codeVerifier = client.randomPKCECodeVerifier();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: oidcRedirectUri(publicUrl, connection.id),
    scope: [...new Set(["openid", ...connection.settings.scopes])].join(" "),
    state: wish.id,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: "S256",
    // prompt=login, not max_age=0: an IdP that sends no auth_time would fail every such login.
    ...(wish.forceLogin ? { prompt: "login" } : {}),
    ...(wish.acrValues.length > 0 ? { acr_values: wish.acrValues.join(" ") } : {}),
    ...(wish.loginHint === undefined ? {} : { login_hint: wish.loginHint }),
  });
  return {
    departure: { by: "redirect", url: url.toString() },
    protocol: { type: "oidc", nonce, codeVerifier },
    request: maskUrl(url),
  };
}
