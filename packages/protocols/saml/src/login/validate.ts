import { answering, refuse, warning } from "../errors/refusal.ts";
import { DEFAULT_CLOCK_SKEW_MS, withDefaults } from "../limits.ts";
import { momentAt } from "../messages/moment.ts";
import { RSA_SHA1, SHA1 } from "../signature/algorithms.ts";
import type { Verified } from "../signature/verify.ts";
import type { SamlResult, SamlWarning, ValidateResponseInput } from "../types.ts";
import { decodeFormValue } from "../xml/base64.ts";
import { withDocument } from "../xml/document.ts";
import { readAssertion } from "./check-assertion.ts";
import { checkResponse } from "./check-response.ts";
import { trustedAssertion } from "./trust.ts";

/**
 * Validates a SAML 2.0 login response (Web Browser SSO profile, HTTP-POST binding).
 *
 * Pure and synchronous: no I/O, no clock, no state but caches of parsed keys. Never throws on bad input.
 * One rule carries it: verify a signature, take the canonical bytes that it covered, parse only those.
 * Not detected here, because it needs storage: a second use of `assertion.id` before `replayableUntil`.
 */
export function validateResponse(input: ValidateResponseInput): SamlResult {
  return answering(() => validate(input));
}

function validate(input: ValidateResponseInput): SamlResult {
  const limits = withDefaults(input.limits);
  const skew = input.clockSkewMs ?? DEFAULT_CLOCK_SKEW_MS;
  const moment = momentAt(input.now, skew);
  const policy = { certificates: input.certificates, allowSha1: input.allowSha1 ?? false, limits };
  if (policy.certificates.length === 0) {
    refuse("certificate_missing");
  }

  const posted = decodeFormValue(input.response, limits);
  const trusted = withDocument(posted, policy, (document) =>
    trustedAssertion(document, policy, input.decryptionKeys ?? []),
  );
  const responseId = checkResponse(
    trusted.response,
    input.expected,
    { isSigned: trusted.covered === "response", isEncrypted: trusted.encrypted },
    moment,
  );
  const warnings = signatureWarnings(trusted.signatures, input.now);
  const claims = readAssertion(
    trusted.assertion,
    input.expected,
    moment,
    input.nameIdRequired ?? true,
    warnings,
  );
  const [{ certificate, algorithm }] = trusted.signatures;
  return {
    ok: true,
    assertion: {
      ...claims,
      responseId,
      replayableUntil: new Date(claims.notOnOrAfter.getTime() + skew),
      signedBy: { certificateFingerprint: certificate.fingerprint, algorithm, covered: trusted.covered },
      encrypted: trusted.encrypted,
      ...(trusted.decryptedBy === undefined ? {} : { decryptedBy: trusted.decryptedBy }),
      xml: trusted.bytes.toString("utf8"),
    },
    warnings,
  };
}

const STRONG_RSA_BITS = 2048;

/** SAML trusts the key that metadata names, whatever its certificate's dates (SAML Metadata IOP §2.6.1); we tell. */
function signatureWarnings(signatures: readonly Verified[], now: Date): SamlWarning[] {
  const warnings: SamlWarning[] = [];
  for (const { certificate, algorithm, digestAlgorithm } of signatures) {
    if (algorithm === RSA_SHA1 || digestAlgorithm === SHA1) {
      warnings.push(warning("sha1", algorithm));
    }
    if (certificate.notAfter <= now) {
      warnings.push(
        warning("certificate_expired", `${certificate.fingerprint} on ${certificate.notAfter.toISOString()}`),
      );
    }
    if (certificate.keyType === "rsa" && certificate.keyBits < STRONG_RSA_BITS) {
      warnings.push(
        warning("certificate_weak_key", `${certificate.fingerprint} has ${certificate.keyBits} bits`),
      );
    }
  }
  // Response and assertion are mostly signed alike: say it once.
  return warnings.filter((each, index) => warnings.findIndex(({ code }) => code === each.code) === index);
}
