import { type OidcSettings, oidcRedirectUri, parseConnection } from "@sallyport/connections";
import { showClaims } from "@sallyport/login-records";
import { IdpFailure, type OidcClient, type OidcClients } from "@sallyport/oidc-client";
import { z } from "zod";
import { SignInFailure } from "../../core/failures.ts";
import type { OpenLogin } from "../../core/login-requests.ts";
import type { VerifiedResponse } from "../../core/protocol.ts";
import type { NormalizedIdentity } from "../../identity/index.ts";
import { toSignInFailure } from "./failure.ts";
import { type Claims, normalizeOidc } from "./normalize.ts";
import { redeem } from "./redeem.ts";
import { fetchUserinfo, type Userinfo } from "./userinfo.ts";

/** What `startOidcLogin` keeps. */
const oidcState = z.object({ nonce: z.string(), codeVerifier: z.string() });

/**
 * Redeems the code of a callback that answers `login`, validates the ID token (issuer, audience, signature, times,
 * nonce; RFC 9207's `iss`), adds what userinfo says of the same subject, and normalizes. Throws `SignInFailure`.
 * @param query as it came, with its question mark
 */
export async function verifyOidcCallback(
  { publicUrl, now: clock }: { readonly publicUrl: string; readonly now: () => Date },
  clients: OidcClients,
  login: OpenLogin,
  query: string,
): Promise<VerifiedResponse> {
  const connection = parseConnection("oidc", login.connection);
  const { nonce, codeVerifier } = oidcState.parse(login.protocolState);
  const now = clock();
  const idp = await clientOf(clients, connection);
  const url = new URL(oidcRedirectUri(publicUrl, connection.id));
  url.search = query;

  const { clientId } = connection.settings;
  const { idToken, idTokenJwt, accessToken, detail } = await redeem(idp, {
    url,
    clientId,
    state: login.id,
    nonce,
    codeVerifier,
    now,
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
    now,
  );
  if (!normalized.ok) {
    throw new SignInFailure("identity_unusable", { finding: normalized, response });
  }
  const { claims: _, outcome, ...why } = userinfo;
  const identity = withLogoutHint(
    withUnknownGroups(normalized.identity, userinfo),
    idp,
    connection.settings,
    idTokenJwt,
  );
  return { identity, assertion: null, response, detail: { ...detail, userinfo: outcome, ...why } };
}

/** A longer one is not kept: the IdP then asks the person to confirm the logout. */
const MAX_HINT = 8_192;

/** Keeps the ID token where the IdP wants to see it again at a logout (RP-Initiated Logout 1.0 §2). */
function withLogoutHint(
  identity: NormalizedIdentity,
  { metadata }: OidcClient,
  { logoutAtIdp }: OidcSettings,
  idToken: string,
): NormalizedIdentity {
  const useful = metadata.end_session_endpoint !== undefined && logoutAtIdp !== false;
  return useful && idToken.length <= MAX_HINT
    ? { ...identity, idpSession: { ...identity.idpSession, idToken } }
    : identity;
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

/** Where only userinfo could have named the groups, and it was unavailable, they are unknown, and not none. */
function withUnknownGroups(identity: NormalizedIdentity, { outcome }: Userinfo): NormalizedIdentity {
  const unknown = outcome === "unavailable" && identity.groups.length === 0;
  return unknown ? { ...identity, groupsComplete: false } : identity;
}
