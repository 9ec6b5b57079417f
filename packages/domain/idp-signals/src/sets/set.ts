import { CLOCK_TOLERANCE_SECONDS, IdpFailure } from "@sallyport/oidc-client";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { z } from "zod";
import { subjectIdentifier } from "../find-people.ts";

/** Every algorithm whose key is no secret of both (RFC 8725 §3.1). */
export const ASYMMETRIC: readonly string[] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** It keeps every other token of the issuer's from being taken for a SET (RFC 8417, sections 2.3 and 4.5). */
const TYPES = new Set(["secevent+jwt", "application/secevent+jwt"]);
/** A SET has no end. One that is older would have to be remembered for longer; transmitters retry for a day or two. */
const MAX_AGE_SECONDS = 7 * 24 * 60 * 60;

// PostgreSQL stores no NUL.
const text = z
  .string()
  .min(1)
  .max(1_024)
  .regex(/^[^\0]*$/);
const complex = z
  .object({ format: z.literal("complex"), user: subjectIdentifier })
  .transform(({ user }) => user);
const subject = z.union([subjectIdentifier, complex]);
const claimsShape = z.object({
  iss: text,
  aud: z.union([text, z.array(text).max(20)]),
  iat: z.number(),
  jti: text,
  sub_id: z.unknown().optional(),
  txn: z.string().max(1_024).optional().catch(undefined),
  events: z.record(text, z.record(z.string(), z.unknown())),
});

/** Whose SETs are taken. */
export interface ExpectedSet {
  readonly issuer: string;
  /** One of these they must have among their `aud`. */
  readonly audiences: readonly string[];
}

/** A SET, once everything but its signature and its second use was checked. */
export interface SecurityEvent {
  readonly jti: string;
  readonly type: string;
  /** Null: the event names nobody in a way that is known here. */
  readonly subject: z.infer<typeof subject> | null;
  /** What the event says beside its subject. */
  readonly event: Readonly<Record<string, unknown>>;
  /** What all SETs of one cause have in common; null: it does not say. */
  readonly txn: string | null;
  /**
   * Sessions that began later are not meant: whoever signs in anew has passed the IdP, which by then knew. It is `iat` and not
   * the event's own time, which may be when a password was stolen, days before that was seen.
   */
  readonly begunUntil: Date;
  /** Until when it would be accepted once more. */
  readonly replayableUntil: Date;
}

/** Error codes of RFC 8935, section 2.4. */
export type SetError =
  | "invalid_request"
  | "invalid_key"
  | "invalid_issuer"
  | "invalid_audience"
  | "authentication_failed";

/** Why a SET was refused, for its transmitter (`error`) and for the connection's administrator. */
export class SetRefused extends IdpFailure {
  readonly error: SetError;

  constructor(
    error: SetError,
    what: string,
    claim: string,
    expected: unknown,
    found: unknown,
    cause?: unknown,
  ) {
    super(
      "invalid",
      {
        code: `signal_${what}`,
        message: `The IdP's security event was not accepted: ${claim} is another than expected.`,
        fix: "Compare the connection's signal transmitter (issuer, JWKS, audience) with what the IdP's stream is set up with.",
        claim,
        expected,
        found: found ?? null,
      },
      { cause },
    );
    this.error = error;
  }
}

/** The checks of RFC 8417, section 4, and of SSF 1.0, section 4.1. Throws `SetRefused`. */
export function checkSet(set: string, { issuer, audiences }: ExpectedSet, date: Date): SecurityEvent {
  const { header, claims } = decode(set);
  const { alg, typ, crit } = header;
  if (typeof alg !== "string" || !ASYMMETRIC.includes(alg)) {
    throw new SetRefused("invalid_key", "algorithm_unexpected", "alg", ASYMMETRIC, alg);
  }
  if (typeof typ !== "string" || !TYPES.has(typ.toLowerCase())) {
    throw new SetRefused("invalid_request", "type_unexpected", "typ", "secevent+jwt", typ);
  }
  if (crit !== undefined) {
    throw new SetRefused("invalid_request", "header_critical", "crit", null, crit);
  }
  // SSF forbids both, so that no ID token or access token passes for a SET (section 4.1.7).
  for (const name of ["exp", "sub"]) {
    if (claims[name] !== undefined) {
      throw new SetRefused("invalid_request", "claim_forbidden", name, null, claims[name]);
    }
  }
  const parsed = claimsShape.safeParse(claims);
  if (!parsed.success) {
    const claim = String(parsed.error.issues[0]?.path[0] ?? "");
    throw new SetRefused("invalid_request", "claim_malformed", claim, undefined, claims[claim]);
  }
  const { iss, aud, iat, jti, events, sub_id, txn } = parsed.data;
  if (iss !== issuer) {
    throw new SetRefused("invalid_issuer", "issuer_mismatch", "iss", issuer, iss);
  }
  if (![aud].flat().some((one) => audiences.includes(one))) {
    throw new SetRefused("invalid_audience", "audience_mismatch", "aud", audiences, aud);
  }
  const now = date.getTime() / 1_000;
  if (iat > now + CLOCK_TOLERANCE_SECONDS || iat < now - MAX_AGE_SECONDS) {
    throw new SetRefused("invalid_request", "out_of_time", "iat", now, iat);
  }
  const [[type, event] = ["", {}], ...more] = Object.entries(events);
  if (type === "" || more.length > 0) {
    throw new SetRefused("invalid_request", "events_unexpected", "events", "one event", Object.keys(events));
  }
  return {
    jti,
    type,
    // Drafts before the third had the subject in the event.
    subject: subject.safeParse(sub_id ?? event.subject).data ?? null,
    event,
    txn: txn ?? null,
    begunUntil: new Date((iat + CLOCK_TOLERANCE_SECONDS) * 1_000),
    replayableUntil: new Date((iat + MAX_AGE_SECONDS + CLOCK_TOLERANCE_SECONDS + 1) * 1_000),
  };
}

function decode(set: string) {
  try {
    const header: Readonly<Record<string, unknown>> = { ...decodeProtectedHeader(set) };
    const claims: Readonly<Record<string, unknown>> = decodeJwt(set);
    return { header, claims };
  } catch (error) {
    throw new SetRefused("invalid_request", "malformed", "the body", "a signed JWT", undefined, error);
  }
}
