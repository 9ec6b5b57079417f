import { CLOCK_TOLERANCE_SECONDS, IdpFailure, type IdpFinding } from "@sallyport/oidc-client";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { z } from "zod";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
/** RFC 8725 §3.11; "JWT" says nothing. */
const TYPES = new Set(["logout+jwt", "application/logout+jwt", "jwt"]);
/** How long after its issue a token counts that names no end: drafts had none. */
const LIFETIME_SECONDS = 120;
/** A token that is valid for longer would have to be remembered for as long. */
const MAX_LIFETIME_SECONDS = 60 * 60;
const MAX_TEXT = 1_024;

const text = z.string().min(1).max(MAX_TEXT);
const claimsShape = z.object({
  iss: text,
  aud: z.union([text, z.array(text).max(20)]),
  iat: z.number(),
  exp: z.number().optional(),
  jti: text,
  sub: text.optional(),
  sid: text.optional(),
  events: z.record(z.string(), z.unknown()),
});

/** What a logout token says, once everything but its signature was checked. */
export interface LogoutToken {
  readonly issuer: string;
  readonly jti: string;
  readonly subject: string | undefined;
  readonly sid: string | undefined;
  /** Until when it would be accepted once more. */
  readonly replayableUntil: Date;
}

export interface DecodedLogoutToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Throws `IdpFailure` where it is no signed JWT. */
export function decodeLogoutToken(jwt: string): DecodedLogoutToken {
  try {
    return { header: { ...decodeProtectedHeader(jwt) }, claims: decodeJwt(jwt) };
  } catch (error) {
    throw refused(
      { code: "logout_token_malformed", message: "The logout token is no signed JWT.", fix: SEE_IDP },
      error,
    );
  }
}

/**
 * Checks a logout token, but for its signature and its second use (OpenID Connect Back-Channel Logout 1.0 §2.6). Throws
 * `IdpFailure`.
 */
export function checkLogoutToken(
  { header, claims }: DecodedLogoutToken,
  expected: {
    readonly issuer: string;
    readonly clientId: string;
    readonly algorithms: readonly string[];
    readonly now: Date;
  },
): LogoutToken {
  checkHeader(header, expected.algorithms);
  const parsed = claimsShape.safeParse(claims);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const claim = String(issue?.path[0] ?? "");
    throw refused({
      code: "logout_token_claim_malformed",
      message: `The logout token's ${claim} is missing, or not what it should be.`,
      fix: SEE_IDP,
      claim,
      found: claims[claim] ?? null,
    });
  }
  const { iss, aud, jti, sub, sid, events } = parsed.data;
  if (iss !== expected.issuer) {
    throw mismatch("iss", expected.issuer, iss, "logout_token_issuer_mismatch");
  }
  if (![aud].flat().includes(expected.clientId)) {
    throw mismatch("aud", expected.clientId, aud, "logout_token_audience_mismatch");
  }
  if (z.record(z.string(), z.unknown()).safeParse(events[EVENT]).success === false) {
    throw mismatch("events", { [EVENT]: {} }, events, "logout_token_event_missing");
  }
  // It keeps an ID token from being taken for one.
  if (claims.nonce !== undefined) {
    throw refused({
      code: "logout_token_nonce",
      message: "The logout token has a nonce, which is prohibited.",
      fix: SEE_IDP,
      claim: "nonce",
    });
  }
  if (sub === undefined && sid === undefined) {
    throw refused({
      code: "logout_token_names_nobody",
      message: "The logout token has neither sub nor sid.",
      fix: SEE_IDP,
      claim: "sub",
    });
  }
  const replayableUntil = checkTimes(parsed.data, expected.now);
  return { issuer: iss, jti, subject: sub, sid, replayableUntil };
}

function checkHeader({ alg, typ, crit }: DecodedLogoutToken["header"], algorithms: readonly string[]): void {
  if (typeof alg !== "string" || !algorithms.includes(alg) || alg.startsWith("HS") || alg === "none") {
    throw mismatch("alg", algorithms, alg ?? null, "logout_token_algorithm_unexpected");
  }
  if (typ !== undefined && !(typeof typ === "string" && TYPES.has(typ.toLowerCase()))) {
    throw mismatch("typ", "logout+jwt", typ, "logout_token_type_unexpected");
  }
  if (crit !== undefined) {
    throw mismatch("crit", null, crit, "logout_token_header_critical");
  }
}

function checkTimes(
  { iat, exp = iat + LIFETIME_SECONDS }: { iat: number; exp?: number | undefined },
  date: Date,
) {
  const now = date.getTime() / 1000;
  if (iat > now + CLOCK_TOLERANCE_SECONDS) {
    throw timeFailure("logout_token_from_future", "iat", iat, now);
  }
  if (exp <= now - CLOCK_TOLERANCE_SECONDS) {
    throw timeFailure("logout_token_expired", "exp", exp, now);
  }
  const end = Math.min(exp, iat + MAX_LIFETIME_SECONDS);
  if (end <= now - CLOCK_TOLERANCE_SECONDS) {
    throw timeFailure("logout_token_expired", "iat", iat, now);
  }
  return new Date((end + CLOCK_TOLERANCE_SECONDS + 1) * 1000);
}

const SEE_IDP =
  "Look at the IdP's configuration of this application: what it sends must be a logout token of OpenID Connect Back-Channel Logout 1.0.";

function mismatch(claim: string, expected: unknown, found: unknown, code: string): IdpFailure {
  return refused({
    code,
    message: `The logout token's ${claim} is another than expected.`,
    fix:
      claim === "iss" || claim === "aud"
        ? "Check that the IdP's application has this very connection's back-channel logout URI, and the connection its issuer and client id."
        : SEE_IDP,
    claim,
    expected,
    found,
  });
}

function timeFailure(code: string, claim: string, time: number, now: number): IdpFailure {
  return refused({
    code,
    message: `The logout token's ${claim} is out of time.`,
    fix: "Set the clocks of the IdP and the gateway by NTP.",
    claim,
    found: time,
    clock: {
      differenceSeconds: Math.round(time - now),
      toleratedSeconds: CLOCK_TOLERANCE_SECONDS,
      now: new Date(now * 1000).toISOString(),
    },
  });
}

function refused(finding: IdpFinding, cause?: unknown): IdpFailure {
  return new IdpFailure("invalid", finding, { cause });
}
