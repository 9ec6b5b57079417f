/** How one check of a sign-in went. `unseen`: another had failed before. */
export type Verdict = "passed" | "failed" | "unseen";

/** A check that the gateway makes of what an identity provider answered. */
interface Check {
  readonly id: string;
  /** The codes of a login record by which it fails. */
  readonly codes: readonly string[];
  /** The parts of the message that it looks at: elements by their local names, or claims. */
  readonly parts: readonly string[];
}

// In the order in which the gateway looks, and it stops at the first that fails. A code that several checks may end with
// stands at the first of them, so that none is said to have passed that was not looked at.

/** Of a SAML response (`validateResponse` of packages/protocols/saml). */
const SAML_CHECKS = [
  {
    id: "samlForm",
    codes: [
      "response_missing",
      "response_base64",
      "not_a_response",
      "element_unexpected",
      "element_missing",
      "time_malformed",
      "id_too_long",
    ],
    parts: [],
  },
  { id: "status", codes: ["status_not_success"], parts: ["StatusCode", "StatusMessage"] },
  {
    id: "assertion",
    codes: ["assertion_missing", "assertion_multiple", "assertion_misplaced", "signature_misplaced"],
    parts: ["Assertion", "EncryptedAssertion"],
  },
  {
    id: "signature",
    codes: [
      "signature_missing",
      "signature_multiple",
      "signature_malformed",
      "signature_reference_multiple",
      "signature_reference_mismatch",
      "signature_transform",
      "signature_canonicalization",
      "signature_algorithm",
      "signature_sha1",
      "digest_algorithm",
      "signature_invalid",
      "digest_mismatch",
      "certificate_missing",
      "certificate_unreadable",
      "decryption_key_missing",
      "decryption_key_unreadable",
      "encryption_malformed",
      "encryption_algorithm",
      "decryption_failed",
      "encrypted_assertion_unsigned",
    ],
    parts: ["SignatureMethod", "DigestMethod", "SignatureValue", "Reference", "EncryptionMethod"],
  },
  {
    id: "responseIssuer",
    codes: ["response_issuer_missing", "response_issuer_mismatch"],
    parts: ["Response/Issuer"],
  },
  { id: "destination", codes: ["destination_missing", "destination_mismatch"], parts: ["Response"] },
  { id: "inResponseTo", codes: ["in_response_to_missing", "in_response_to_mismatch"], parts: ["Response"] },
  { id: "issueInstant", codes: ["issued_in_future"], parts: ["Response", "Assertion"] },
  {
    id: "assertionIssuer",
    codes: ["assertion_issuer_missing", "assertion_issuer_mismatch"],
    parts: ["Assertion/Issuer"],
  },
  { id: "subject", codes: ["subject_missing", "name_id_encrypted"], parts: ["NameID", "EncryptedID"] },
  {
    id: "recipient",
    codes: ["confirmation_method", "recipient_missing", "recipient_mismatch"],
    parts: ["SubjectConfirmation", "SubjectConfirmationData"],
  },
  {
    id: "confirmation",
    codes: [
      "confirmation_in_response_to_missing",
      "confirmation_in_response_to_mismatch",
      "confirmation_expired",
      "confirmation_not_yet_valid",
    ],
    parts: ["SubjectConfirmationData"],
  },
  {
    id: "validity",
    codes: ["condition_unknown", "assertion_not_yet_valid", "assertion_expired"],
    parts: ["Conditions"],
  },
  { id: "audience", codes: ["audience_missing", "audience_mismatch"], parts: ["Audience"] },
  {
    id: "authentication",
    codes: ["authn_statement_missing", "session_expired"],
    parts: ["AuthnStatement", "AuthnContextClassRef"],
  },
  { id: "attributes", codes: ["attribute_encrypted"], parts: ["EncryptedAttribute"] },
  {
    id: "identity",
    codes: ["subject_unusable", "subject_transient", "subject_attribute_missing"],
    parts: ["NameID"],
  },
] as const satisfies readonly Check[];

/** Of a token answer with its ID token (`explainToken` of apps/sign-in; its signature comes last). */
const OIDC_CHECKS = [
  {
    id: "oidcAnswer",
    codes: [
      "oidc_token_answer_malformed",
      "oidc_access_token_missing",
      "oidc_token_type_unsupported",
      "oidc_id_token_missing",
      "oidc_id_token_encrypted",
      "oidc_id_token_malformed",
      "oidc_claim_malformed",
    ],
    parts: [],
  },
  { id: "algorithm", codes: ["oidc_algorithm_unexpected", "oidc_header_critical"], parts: ["alg", "crit"] },
  { id: "times", codes: ["oidc_token_expired", "oidc_token_not_yet_valid"], parts: ["exp", "nbf"] },
  { id: "claims", codes: ["oidc_claim_missing"], parts: ["iat"] },
  { id: "issuer", codes: ["oidc_token_issuer_mismatch"], parts: ["iss"] },
  { id: "oidcAudience", codes: ["oidc_audience_mismatch"], parts: ["aud"] },
  { id: "oidcSubject", codes: ["oidc_subject_not_string"], parts: ["sub"] },
  { id: "authorizedParty", codes: ["oidc_authorized_party_mismatch"], parts: ["azp"] },
  { id: "nonce", codes: ["oidc_nonce_mismatch"], parts: ["nonce"] },
  {
    id: "oidcSignature",
    codes: ["oidc_key_unknown", "oidc_signature_invalid", "oidc_jwks_unavailable", "oidc_key_unusable"],
    parts: ["kid"],
  },
  { id: "identity", codes: ["subject_unusable"], parts: ["sub"] },
] as const satisfies readonly Check[];

const CHECKS = { saml: SAML_CHECKS, oidc: OIDC_CHECKS } as const;

export type CheckId = (typeof CHECKS)["saml" | "oidc"][number]["id"];

export interface CheckResult {
  readonly id: CheckId;
  readonly verdict: Verdict;
  readonly parts: readonly string[];
}

/**
 * How each check went. `validated`: the gateway noted that all had passed. `code`: what the sign-in failed by, if it did.
 * What failed before the checks, or by a code that none of them has, leaves them all unseen.
 */
export function checkResults(
  type: "saml" | "oidc",
  { validated, code }: { readonly validated: boolean; readonly code: string | null },
): readonly CheckResult[] {
  const checks: readonly (Check & { readonly id: CheckId })[] = CHECKS[type];
  const failedAt = validated || code === null ? -1 : checks.findIndex(({ codes }) => codes.includes(code));
  const verdictAt = (index: number): Verdict => {
    if (validated || index < failedAt) {
      return "passed";
    }
    return index === failedAt ? "failed" : "unseen";
  };
  return checks.map(({ id, parts }, index) => ({ id, parts, verdict: verdictAt(index) }));
}
