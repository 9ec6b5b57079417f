import { CLOCK_TOLERANCE_SECONDS, type IdpFinding } from "@sallyport/oidc-client";
import { z } from "zod";

/** A JWT's parts as they were sent: nothing of it is verified. */
export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

const jsonObject = z.record(z.string(), z.unknown());

/** Null where it is no signed JWT of JSON objects. */
export function decodeToken(jwt: unknown): DecodedToken | null {
  const parts = typeof jwt === "string" ? jwt.split(".") : [];
  const [header, claims] = parts.slice(0, 2).map(decodePart);
  return parts.length === 3 && header && claims ? { header, claims } : null;
}

function decodePart(part: string): Readonly<Record<string, unknown>> | null {
  try {
    return jsonObject.parse(JSON.parse(Buffer.from(part, "base64url").toString()));
  } catch {
    return null; // what it is instead, `explainToken` says
  }
}

export interface TokenExpectations {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  /** What the discovery document announces; RS256 where it announces nothing. */
  readonly algorithms: readonly string[];
  /** Seconds since 1970. */
  readonly now: number;
}

/**
 * Why openid-client refused an ID token, in the order in which it looks (OpenID Connect Core §3.1.3.7): its own errors do
 * not always tell. Decides nothing. Null where nothing is wrong with it.
 */
export function explainToken(idToken: unknown, expected: TokenExpectations): IdpFinding | null {
  if (idToken === undefined) {
    return finding("oidc_id_token_missing", "The IdP's token answer holds no ID token.", {
      fix: "In the IdP, make the application an OpenID Connect one, and allow it the scope `openid`.",
      claim: "id_token",
    });
  }
  const token = decodeToken(idToken);
  if (token === null) {
    return explainForm(idToken);
  }
  return (
    explainHeader(token.header, expected) ??
    explainTimes(token.claims, expected.now) ??
    explainParties(token.claims, expected) ??
    explainOthers(token.claims, expected)
  );
}

function explainForm(idToken: unknown): IdpFinding {
  if (typeof idToken === "string" && idToken.split(".").length === 5) {
    return finding("oidc_id_token_encrypted", "The ID token is encrypted.", {
      fix: "In the IdP, turn off the encryption of ID tokens for this application: they come over TLS.",
    });
  }
  return finding("oidc_id_token_malformed", "What the IdP sent as ID token is no signed JWT.", {
    fix: "Look at the IdP's configuration of this application: it must send signed JWTs (RFC 7519).",
  });
}

function explainHeader(
  { alg, crit }: DecodedToken["header"],
  { algorithms }: TokenExpectations,
): IdpFinding | null {
  if (typeof alg !== "string" || !algorithms.includes(alg)) {
    const symmetric = typeof alg === "string" && alg.startsWith("HS");
    return finding(
      "oidc_algorithm_unexpected",
      "The ID token is signed by another algorithm than announced.",
      {
        fix: symmetric
          ? "In the IdP, have ID tokens signed with RS256 or ES256: anybody who knows the client secret could make one that is signed with it."
          : "In the IdP, have ID tokens signed with RS256 or ES256, and announce it in id_token_signing_alg_values_supported.",
        claim: "alg",
        expected: algorithms,
        found: alg ?? null,
      },
    );
  }
  if (alg.startsWith("HS") || alg === "none") {
    return finding("oidc_algorithm_unexpected", "The ID token is not signed by a key of the IdP.", {
      fix: "In the IdP, have ID tokens signed with RS256 or ES256: whoever knows the client secret could make any other.",
      claim: "alg",
      expected: ["RS256", "ES256"],
      found: alg,
    });
  }
  if (crit !== undefined) {
    return finding("oidc_header_critical", "The ID token demands an extension that is not understood.", {
      fix: "In the IdP, leave `crit` out of the header of ID tokens.",
      claim: "crit",
      found: crit,
    });
  }
  return null;
}

function explainTimes({ exp, iat, nbf }: DecodedToken["claims"], now: number): IdpFinding | null {
  for (const [claim, value] of Object.entries({ exp, iat, nbf })) {
    if (value !== undefined && typeof value !== "number") {
      return wrongType(claim, "a number of seconds since 1970", value);
    }
  }
  if (typeof exp === "number" && exp <= now - CLOCK_TOLERANCE_SECONDS) {
    return timeFinding("oidc_token_expired", "The ID token has expired.", "exp", exp, now);
  }
  if (typeof nbf === "number" && nbf > now + CLOCK_TOLERANCE_SECONDS) {
    return timeFinding("oidc_token_not_yet_valid", "The ID token is not valid yet.", "nbf", nbf, now);
  }
  return null;
}

function timeFinding(code: string, message: string, claim: string, time: number, now: number): IdpFinding {
  return {
    code,
    message,
    fix: "Set the clocks of the IdP and the gateway by NTP; look at how long the IdP makes its ID tokens valid.",
    claim,
    expected: claim === "exp" ? `later than ${dateOf(now)}` : `no later than ${dateOf(now)}`,
    found: dateOf(time),
    clock: {
      differenceSeconds: Math.round(time - now),
      toleratedSeconds: CLOCK_TOLERANCE_SECONDS,
      now: dateOf(now),
    },
  };
}

function explainParties(
  claims: DecodedToken["claims"],
  { issuer, clientId }: TokenExpectations,
): IdpFinding | null {
  const { iss, aud, sub, azp } = claims;
  if (iss !== undefined && typeof iss !== "string") {
    return wrongType("iss", "a string", iss);
  }
  if (aud !== undefined && typeof aud !== "string" && !Array.isArray(aud)) {
    return wrongType("aud", "a string, or an array of strings", aud);
  }
  for (const claim of ["aud", "exp", "iat", "iss", "sub"]) {
    if (claims[claim] === undefined) {
      return finding("oidc_claim_missing", `The ID token lacks ${claim}, which is required.`, {
        fix: "In the IdP, have the ID token carry iss, sub, aud, exp and iat (OpenID Connect Core §2).",
        claim,
      });
    }
  }
  if (iss !== issuer) {
    return finding("oidc_token_issuer_mismatch", "The ID token was issued by another issuer.", {
      fix: "Set the connection's issuer to the one in the ID token, letter by letter, where that is the IdP; its discovery document and its tokens must say the same.",
      claim: "iss",
      expected: issuer,
      found: iss,
    });
  }
  const audience = Array.isArray(aud) ? aud : [aud];
  if (!audience.includes(clientId)) {
    return finding("oidc_audience_mismatch", "The ID token is for another application.", {
      fix: "Set the connection's client id to that of the application in the IdP.",
      claim: "aud",
      expected: clientId,
      found: aud,
    });
  }
  if (typeof sub !== "string" || sub === "") {
    return finding("oidc_subject_not_string", "The subject of the ID token is not a string.", {
      fix: "In the IdP, send `sub` as a string: JSON's numbers lose digits, and two people could become one.",
      claim: "sub",
      expected: "a string",
      found: sub,
    });
  }
  if (audience.length > 1 && azp !== clientId) {
    return finding(
      "oidc_authorized_party_mismatch",
      "The ID token was issued for use by another application.",
      {
        fix: "In the IdP, issue ID tokens for this application alone, or name it as authorized party (azp).",
        claim: azp === undefined ? "aud" : "azp",
        expected: clientId,
        found: azp ?? aud,
      },
    );
  }
  return null;
}

function explainOthers(
  { auth_time, nonce }: DecodedToken["claims"],
  expected: TokenExpectations,
): IdpFinding | null {
  if (auth_time !== undefined && (typeof auth_time !== "number" || auth_time < 0)) {
    return wrongType("auth_time", "a number of seconds since 1970", auth_time);
  }
  if (nonce !== expected.nonce) {
    return finding("oidc_nonce_mismatch", "The ID token was not issued for this sign-in.", {
      fix: "In the IdP, have the ID token carry the nonce of the authorization request, unchanged. Where it does: somebody brought another sign-in's code.",
      claim: "nonce",
      expected: expected.nonce,
      found: nonce ?? null,
    });
  }
  return null;
}

/** The one finding for a claim of the wrong type. */
function wrongType(claim: string, type: string, found: unknown): IdpFinding {
  return finding("oidc_claim_malformed", `The ID token's ${claim} is not ${type}.`, {
    fix: `In the IdP, send ${claim} as ${type} (OpenID Connect Core §2).`,
    claim,
    expected: type,
    found,
  });
}

function finding(code: string, message: string, more: Omit<IdpFinding, "code" | "message">): IdpFinding {
  return { code, message, ...more };
}

function dateOf(seconds: number): string {
  const milliseconds = seconds * 1000;
  return Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds).toISOString() : String(seconds);
}
