import { oidcRedirectUri } from "@sallyport/connections";
import { showClaims } from "@sallyport/login-records";
import * as client from "openid-client";
import { SignInFailure } from "../../core/failures.ts";
import type { OpenLogin } from "../../core/login-requests.ts";
import type { VerifiedAnswer } from "../../core/protocol.ts";
import type { NormalizedIdentity } from "../../identity/index.ts";
import type { OidcConfigurations } from "./configuration.ts";
import { oidcFailure } from "./failure.ts";
import { type Claims, normalizeOidc } from "./normalize.ts";

export interface Callback {
  /** Query string as it came, with its question mark. */
  readonly query: string;
  readonly publicUrl: string;
  readonly now: Date;
}

/**
 * Redeems the code of a callback that answers `login`, validates the ID token (issuer, audience, signature, times,
 * nonce; RFC 9207's `iss`), adds what userinfo says of the same subject, and normalizes. Throws `SignInFailure`.
 */
export async function verifyOidcCallback(
  callback: Callback,
  configurations: OidcConfigurations,
  login: OpenLogin,
): Promise<VerifiedAnswer> {
  const { connection, protocol } = login;
  if (connection.type !== "oidc" || protocol.type !== "oidc") {
    throw new SignInFailure("login_unknown");
  }
  const configuration = await configurations.of(connection);
  const url = new URL(oidcRedirectUri(callback.publicUrl, connection.id));
  url.search = callback.query;

  const { idToken, accessToken } = await redeem(configuration, url, login.id, protocol);
  const userinfo = await fetchUserinfo(configuration, accessToken, idToken.sub);
  // The ID token is signed, so where both speak it has the last word.
  const claims: Claims = { ...userinfo.claims, ...idToken };
  const response = showClaims(claims);
  const normalized = normalizeOidc(
    claims,
    {
      provider: connection.provider,
      groupsClaim: connection.settings.groupsClaim,
      groupsDelimiter: connection.settings.groupsDelimiter,
      subjectMatches: connection.settings.subjectMatches,
    },
    callback.now,
  );
  if (!normalized.ok) {
    throw new SignInFailure("identity_unusable", { finding: normalized, response });
  }
  const { claims: _, outcome, ...why } = userinfo;
  const identity = told(normalized.identity, userinfo);
  return { identity, assertion: null, response, detail: { userinfo: outcome, ...why } };
}

async function redeem(
  configuration: client.Configuration,
  url: URL,
  expectedState: string,
  protocol: { readonly nonce: string; readonly codeVerifier: string },
) {
  try {
    const tokens = await client.authorizationCodeGrant(configuration, url, {
      expectedState,
      expectedNonce: protocol.nonce,
      pkceCodeVerifier: protocol.codeVerifier,
      idTokenExpected: true,
    });
    const idToken = tokens.claims();
    if (idToken === undefined) {
      throw new SignInFailure("response_invalid", { detail: "no ID token" });
    }
    return { idToken, accessToken: tokens.access_token };
  } catch (error) {
    throw oidcFailure(error);
  }
}

interface Userinfo {
  readonly claims: Claims;
  readonly outcome: "merged" | "none" | "unavailable";
  /** Why it is unavailable. */
  readonly problem?: string;
}

/** Groups that userinfo might have told, and nobody else did, are not gone because it was not there. */
function told(identity: NormalizedIdentity, { outcome }: Userinfo): NormalizedIdentity {
  const untold = outcome === "unavailable" && identity.groups.length === 0;
  return untold ? { ...identity, groupsComplete: false } : identity;
}

/** What tells of a login, not of a person: that the ID token alone says, which is signed, and of this login. */
const OF_THE_LOGIN = new Set(["iss", "aud", "exp", "iat", "nonce", "auth_time", "acr", "amr", "sid"]);

/** Userinfo only adds to a login that is valid without it: where it does not answer, the login goes on. */
async function fetchUserinfo(
  configuration: client.Configuration,
  accessToken: string,
  subject: string,
): Promise<Userinfo> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) {
    return { claims: {}, outcome: "none" };
  }
  try {
    const claims = Object.entries(await client.fetchUserInfo(configuration, accessToken, subject));
    const ofThePerson = claims.filter(([name]) => !OF_THE_LOGIN.has(name));
    return { claims: Object.fromEntries(ofThePerson), outcome: "merged" };
  } catch (error) {
    // Another subject's claims are no outage but token substitution (OpenID Connect Core 5.3.2, 16.11).
    const failure = oidcFailure(error);
    if (failure.finding.code === "oauth_json_attribute_comparison_failed") {
      throw failure;
    }
    return { claims: {}, outcome: "unavailable", problem: failure.finding.code };
  }
}
