import { oidcRedirectUri } from "@sallyport/connections";
import { showClaims } from "@sallyport/login-records";
import { IdpFailure, type OidcClient, type OidcClients } from "@sallyport/oidc-client";
import { SignInFailure } from "../../core/failures.ts";
import type { OpenLogin } from "../../core/login-requests.ts";
import type { VerifiedAnswer } from "../../core/protocol.ts";
import type { NormalizedIdentity } from "../../identity/index.ts";
import { toSignInFailure } from "./failure.ts";
import { type Claims, normalizeOidc } from "./normalize.ts";
import { redeem } from "./redeem.ts";
import { fetchUserinfo, type Userinfo } from "./userinfo.ts";

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
  clients: OidcClients,
  login: OpenLogin,
): Promise<VerifiedAnswer> {
  const { connection, protocol } = login;
  if (connection.type !== "oidc" || protocol.type !== "oidc") {
    throw new SignInFailure("login_unknown");
  }
  const idp = await clientOf(clients, connection);
  const url = new URL(oidcRedirectUri(callback.publicUrl, connection.id));
  url.search = callback.query;

  const { idToken, accessToken, detail } = await redeem(idp, {
    url,
    clientId: connection.settings.clientId,
    state: login.id,
    nonce: protocol.nonce,
    codeVerifier: protocol.codeVerifier,
    now: callback.now,
  });
  const userinfo = await fetchUserinfo(idp, accessToken, idToken.sub);
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
  return { identity, assertion: null, response, detail: { ...detail, userinfo: outcome, ...why } };
}

/** Throws `SignInFailure` where the IdP cannot be used. */
export async function clientOf(
  clients: OidcClients,
  connection: Parameters<OidcClients["of"]>[0],
): Promise<OidcClient> {
  try {
    return await clients.of(connection);
  } catch (error) {
    throw error instanceof IdpFailure ? toSignInFailure(error) : error;
  }
}

/** Groups that userinfo might have told, and nobody else did, are not gone because it was not there. */
function told(identity: NormalizedIdentity, { outcome }: Userinfo): NormalizedIdentity {
  const untold = outcome === "unavailable" && identity.groups.length === 0;
  return untold ? { ...identity, groupsComplete: false } : identity;
}
