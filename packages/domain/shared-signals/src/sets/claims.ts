import type { PendingSignal } from "./pending.ts";

/** Keeps a SET from passing for another token (RFC 8417, section 2.3; SSF 1.0 requires it). */
export const SET_TYP = "secevent+jwt";

/**
 * The claims of a SET (RFC 8417, section 2.2). Neither `sub` nor `exp`, which SSF 1.0 forbids (section 4), so that no SET
 * passes for an access or ID token. The same event has the same `jti` and `iat` whenever it is sent.
 */
export function setClaims(
  { jti, type, subject, event, txn, issuedAt }: PendingSignal,
  { issuer, audience }: { readonly issuer: string; readonly audience: string },
): Readonly<Record<string, unknown>> {
  return {
    iss: issuer,
    aud: audience,
    jti,
    iat: Math.floor(issuedAt.getTime() / 1_000),
    ...(txn === null ? {} : { txn }),
    sub_id: subject,
    events: { [type]: event },
  };
}
