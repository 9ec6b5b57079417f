import { showClaims } from "@sallyport/login-records";
import {
  CLOCK_TOLERANCE_SECONDS,
  type IdpAnswer,
  IdpFailure,
  type IdpFinding,
  type OidcClient,
} from "@sallyport/oidc-client";
import * as client from "openid-client";
import { z } from "zod";
import type { SignInFailure } from "../../core/failures.ts";
import { explainCallback } from "./callback-parameters.ts";
import { decodeToken, explainToken, type TokenExpectations } from "./explain-id-token.ts";
import { endpointFailure, otherFailure, toSignInFailure } from "./failure.ts";
import type { Claims } from "./normalize.ts";

/** What a code was redeemed for: valid, and signed by the IdP. */
export interface Redeemed {
  readonly idToken: Claims & { readonly sub: string };
  /** As it came. */
  readonly idTokenJwt: string;
  readonly accessToken: string;
  /** For the login record: what is odd about the token's times. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Redemption {
  /** The redirect URI with the parameters that came. */
  readonly url: URL;
  readonly clientId: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly now: Date;
}

/**
 * Redeems a callback's code, and validates the ID token (OpenID Connect Core §3.1.3.7). Throws `SignInFailure`, which names
 * what was expected and found, and shows what the IdP answered.
 */
export async function redeem(idp: OidcClient, redemption: Redemption): Promise<Redeemed> {
  let answer: IdpAnswer | undefined;
  const configuration = idp.exchange((_purpose, heard) => {
    answer = heard;
  });
  try {
    const tokens = await client.authorizationCodeGrant(configuration, redemption.url, {
      expectedState: redemption.state,
      expectedNonce: redemption.nonce,
      pkceCodeVerifier: redemption.codeVerifier,
      idTokenExpected: true,
    });
    const idToken = tokens.claims();
    if (idToken === undefined) {
      throw new Error("openid-client accepted a token answer without an ID token");
    }
    // It counts even though it comes straight from the token endpoint.
    const { id_token: idTokenJwt = "" } = tokens;
    await idp.keys.verify(idTokenJwt, idTokenAlgorithms(idp));
    const detail = clockDetail(idToken.iat, redemption.now);
    return { idToken, idTokenJwt, accessToken: tokens.access_token, detail };
  } catch (error) {
    throw explain(error, answer, idp, redemption);
  }
}

/** What the discovery document announces; else the default (OpenID Connect Discovery §3). */
function idTokenAlgorithms({ metadata }: OidcClient): readonly string[] {
  return metadata.id_token_signing_alg_values_supported ?? ["RS256"];
}

function explain(
  error: unknown,
  answer: IdpAnswer | undefined,
  idp: OidcClient,
  redemption: Redemption,
): SignInFailure {
  const { searchParams } = redemption.url;
  if (answer === undefined) {
    const failure = explainCallback(searchParams, idp.metadata) ?? otherFailure(error);
    return toSignInFailure(failure, showCallback(searchParams));
  }
  const failure =
    endpointFailure("token", answer) ??
    explainTokens(answer, {
      issuer: idp.metadata.issuer,
      clientId: redemption.clientId,
      nonce: redemption.nonce,
      algorithms: idTokenAlgorithms(idp),
      now: Math.floor(redemption.now.getTime() / 1000),
    }) ??
    otherFailure(error);
  return toSignInFailure(failure, showTokens(answer));
}

const jsonObject = z.record(z.string(), z.unknown());

function explainTokens(answer: IdpAnswer, expected: TokenExpectations): IdpFailure | null {
  const { success, data } = jsonObject.safeParse(answer.body);
  if (!success) {
    return invalid({
      code: "oidc_token_answer_malformed",
      message: "The IdP's token endpoint answered with something else than JSON.",
      fix: "Check that the discovery document names the right token endpoint, and what stands in front of it.",
      expected: "HTTP 200, application/json",
      found: `HTTP ${answer.status}, ${answer.contentType || "no content type"}`,
    });
  }
  if (typeof data.access_token !== "string" || data.access_token === "") {
    return invalid({
      code: "oidc_access_token_missing",
      message: "The IdP's token answer holds no access token.",
      fix: "Look at the IdP's configuration of this application: its token answers lack what RFC 6749 §5.1 requires.",
      claim: "access_token",
    });
  }
  const wrongToken = data.id_token === undefined ? null : explainToken(data.id_token, expected);
  if (wrongToken !== null) {
    return invalid(wrongToken);
  }
  const { token_type: type } = data;
  if (typeof type !== "string" || type.toLowerCase() !== "bearer") {
    return invalid({
      code: "oidc_token_type_unsupported",
      message: "The IdP's access token is of a type that is not supported.",
      fix: "In the IdP, issue bearer tokens to this application (RFC 6750), not DPoP or MAC ones.",
      claim: "token_type",
      expected: "Bearer",
      found: type ?? null,
    });
  }
  const missing = explainToken(data.id_token, expected);
  return missing === null ? null : invalid(missing);
}

function invalid(finding: IdpFinding): IdpFailure {
  return new IdpFailure("invalid", finding);
}

const MASK = "[masked]";
const REDEEMABLE = ["code", "state", "response", "id_token", "token"];

/** An authorization response as a record keeps it: not fit to be brought again. */
export function showCallback(parameters: URLSearchParams): string {
  const entries = [...parameters].map(([name, value]) => [name, REDEEMABLE.includes(name) ? MASK : value]);
  return showClaims(Object.fromEntries(entries));
}

/** A token answer as a record keeps it: the ID token's header and claims, without what anybody could use. */
function showTokens({ status, contentType, body }: IdpAnswer): string {
  const answered = jsonObject.safeParse(body).data ?? {};
  const token = decodeToken(answered.id_token);
  if (token !== null) {
    return showClaims({ ...token });
  }
  const { error, error_description, token_type } = answered;
  return showClaims({ status, contentType, error, error_description, token_type });
}

/** openid-client does not mind a token of the future; its IdP's administrator does. */
function clockDetail(issuedAt: number, now: Date): Readonly<Record<string, unknown>> {
  const aheadSeconds = Math.round(issuedAt - now.getTime() / 1000);
  return aheadSeconds > CLOCK_TOLERANCE_SECONDS ? { idpClockAheadSeconds: aheadSeconds } : {};
}
