import { CLOCK_TOLERANCE_SECONDS, IdpFailure } from "@sallyport/oidc-client";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { z } from "zod";

/** It keeps ID and logout tokens from being taken for one (RFC 8725 §3.11). */
const TYPES = new Set(["global-token-revocation+jwt", "application/global-token-revocation+jwt"]);
/** A token that is valid for longer would have to be remembered for as long. */
const MAX_LIFETIME_SECONDS = 60 * 60;

const text = z.string().min(1).max(1_024);
const claimsShape = z.object({
  iss: text,
  aud: z.union([text, z.array(text).max(20)]),
  iat: z.number(),
  nbf: z.number().optional(),
  exp: z.number(),
  jti: text,
});

export interface Expected {
  readonly issuer: string;
  /** This very endpoint. */
  readonly audience: string;
  /** Those by which the IdP says that it signs. */
  readonly algorithms: readonly string[];
  readonly now: Date;
}

/** What counts once: the token's id, and until when it would be accepted once more. */
export interface RequestToken {
  readonly id: string;
  readonly replayableUntil: Date;
}

/**
 * Checks everything of the IdP's bearer token but its signature. Throws `IdpFailure`, which names the claim and what was
 * expected.
 */
export function checkRequestToken(jwt: string, expected: Expected): RequestToken {
  const { header, claims } = decode(jwt);
  const { alg, typ, crit } = header;
  if (typeof alg !== "string" || !asymmetric(expected.algorithms).includes(alg)) {
    throw refused("algorithm_unexpected", "alg", asymmetric(expected.algorithms), alg);
  }
  if (typeof typ !== "string" || !TYPES.has(typ.toLowerCase())) {
    throw refused("type_unexpected", "typ", "global-token-revocation+jwt", typ);
  }
  if (crit !== undefined) {
    throw refused("header_critical", "crit", null, crit);
  }
  const parsed = claimsShape.safeParse(claims);
  if (!parsed.success) {
    const claim = String(parsed.error.issues[0]?.path[0] ?? "");
    throw refused("claim_malformed", claim, undefined, claims[claim]);
  }
  const { iss, aud, iat, nbf = iat, exp, jti } = parsed.data;
  if (iss !== expected.issuer) {
    throw refused("issuer_mismatch", "iss", expected.issuer, iss);
  }
  if (![aud].flat().includes(expected.audience)) {
    throw refused("audience_mismatch", "aud", expected.audience, aud);
  }
  const now = expected.now.getTime() / 1000;
  const end = Math.min(exp, iat + MAX_LIFETIME_SECONDS);
  if (Math.max(iat, nbf) > now + CLOCK_TOLERANCE_SECONDS) {
    throw refused("from_future", iat > nbf ? "iat" : "nbf", now, Math.max(iat, nbf));
  }
  if (end <= now - CLOCK_TOLERANCE_SECONDS) {
    throw refused("expired", exp <= end ? "exp" : "iat", now, exp);
  }
  return { id: jti, replayableUntil: new Date((end + CLOCK_TOLERANCE_SECONDS + 1) * 1000) };
}

/** Never one whose key is no secret of the IdP's (RFC 8725 §3.1). */
export function asymmetric(algorithms: readonly string[]): string[] {
  return algorithms.filter((name) => /^(?:RS|PS|ES)(?:256|384|512)$|^EdDSA$|^Ed25519$/.test(name));
}

function decode(jwt: string) {
  try {
    const header: Readonly<Record<string, unknown>> = { ...decodeProtectedHeader(jwt) };
    const claims: Readonly<Record<string, unknown>> = decodeJwt(jwt);
    return { header, claims };
  } catch (error) {
    throw refused("malformed", "Authorization", "a signed JWT", undefined, error);
  }
}

export function refused(
  what: string,
  claim: string,
  expected: unknown,
  found: unknown,
  cause?: unknown,
): IdpFailure {
  const finding = {
    code: `universal_logout_${what}`,
    message: `The IdP's request to end somebody's sessions was not accepted: ${claim} is another than expected.`,
    fix: "In the IdP, check the logout endpoint URL of this application: it is this very connection's, authenticated by a signed JWT of the issuer that the connection names.",
    claim,
    expected,
    found: found ?? null,
  };
  return new IdpFailure("invalid", finding, { cause });
}
