import { oidcRedirectUri, parseConnection, type StoredConnection } from "@sallyport/connections";
import { defined } from "@sallyport/defined";
import { maskUrl } from "@sallyport/login-records";
import { type IdpAnswer, IdpFailure, type OidcClient, type OidcClients } from "@sallyport/oidc-client";
import * as client from "openid-client";
import type { LoginParameters, StartedLogin } from "../../core/protocol.ts";
import { endpointFailure, otherFailure, toSignInFailure } from "./failure.ts";
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
  const selectAccount = parameters.selectAccount && offersAccountChoice(idp, connection.provider);
  const forced = parameters.selectAccount && !selectAccount;
  const codeVerifier = client.randomPKCECodeVerifier();
  const nonce = client.randomNonce();
  const request = {
    redirect_uri: oidcRedirectUri(publicUrl, connection.id),
    scope: [...new Set(["openid", ...connection.settings.scopes])].join(" "),
    state: parameters.id,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: "S256",
    ...(selectAccount ? { prompt: "select_account" } : {}),
    ...freshness(idp, { ...parameters, forceLogin: parameters.forceLogin || forced }),
    ...(parameters.acrValues.length > 0 ? { acr_values: parameters.acrValues.join(" ") } : {}),
    ...defined({ login_hint: parameters.loginHint }),
  };
  const whole = client.buildAuthorizationUrl(idp.exchange(), request);
  const { pushAuthorizationRequests: push = idp.metadata.require_pushed_authorization_requests === true } =
    connection.settings;
  const url = push ? await pushRequest(idp, request) : whole;
  return {
    send: { by: "redirect", url: url.toString() },
    state: { nonce, codeVerifier },
    forced,
    request: maskUrl(whole),
  };
}

/** Leaves the request with the IdP, and nothing of it but a reference to the browser (RFC 9126). Throws `SignInFailure`. */
async function pushRequest(idp: OidcClient, request: Readonly<Record<string, string>>): Promise<URL> {
  const { pushed_authorization_request_endpoint: endpoint } = idp.metadata;
  if (endpoint === undefined) {
    throw toSignInFailure(PAR_UNSUPPORTED);
  }
  let answer: IdpAnswer | undefined;
  const configuration = idp.exchange((_purpose, heard) => {
    answer = heard;
  });
  try {
    return await client.buildAuthorizationUrlWithPAR(configuration, request);
  } catch (error) {
    const refused = answer === undefined ? null : endpointFailure("par", answer);
    throw toSignInFailure(refused ?? otherFailure(error));
  }
}

const PAR_UNSUPPORTED = new IdpFailure("unreachable", {
  code: "oidc_par_unsupported",
  message: "The IdP's discovery document names no endpoint to push authorization requests to.",
  fix: "Turn off the connection's pushAuthorizationRequests, or have the IdP announce the endpoint.",
  claim: "pushed_authorization_request_endpoint",
});

/** Documented to show a choice of accounts, though their discovery documents do not say so. */
const OFFER_ACCOUNT_CHOICE: readonly string[] = ["entra", "google"];

/**
 * Whether the IdP lets people choose an account. Not all do: Authelia, WSO2 and older versions of Ory Hydra refuse
 * `select_account` as an invalid request, and Keycloak ignores it. So it is sent only where the IdP supports it; elsewhere
 * `prompt=login` leads to a login page, where any account can be entered.
 */
function offersAccountChoice({ metadata }: OidcClient, provider: string): boolean {
  const { prompt_values_supported: supported } = metadata;
  return Array.isArray(supported)
    ? supported.includes("select_account")
    : OFFER_ACCOUNT_CHOICE.includes(provider);
}

const ESSENTIAL = claimsOf({ essential: true });
const VOLUNTARY = claimsOf(null);

/**
 * What is asked about the time of the login. The browser that carries it can take any of it out, and some IdPs listen to
 * one and not the other: so `completeLogin` checks the answer. `max_age` makes `auth_time` required (OpenID Connect
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
