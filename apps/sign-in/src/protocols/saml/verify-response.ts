import type { ConnectionKey, ConnectionKeys } from "@sallyport/connection-keys";
import type { SamlConnection } from "@sallyport/connections";
import { samlServiceProvider } from "@sallyport/connections";
import { maskUnverifiedXml, maskXml } from "@sallyport/login-records";
import { peekResponse, type SamlFailure, type SamlResult, validateResponse } from "@sallyport/saml";
import { SignInFailure } from "../../core/failures.ts";
import type { OpenLogin } from "../../core/login-requests.ts";
import type { VerifiedAnswer } from "../../core/protocol.ts";
import type { MetadataRefreshRequests } from "./metadata-refresh-requests.ts";
import { normalizeSaml } from "./normalize.ts";

export interface PostedResponse {
  /** The `SAMLResponse` form value. */
  readonly response: string;
  readonly publicUrl: string;
  readonly now: Date;
}

/** Validates a posted response as the answer to `login`, and normalizes it. Throws `SignInFailure`. */
export async function verifySamlResponse(
  posted: PostedResponse,
  keys: ConnectionKeys,
  looks: MetadataRefreshRequests,
  login: OpenLogin,
): Promise<VerifiedAnswer> {
  const { connection, protocol } = login;
  if (connection.type !== "saml" || protocol.type !== "saml") {
    throw new SignInFailure("login_unknown");
  }
  let result = validate(posted, connection, protocol.requestId, []);
  let decryptionKeys: readonly ConnectionKey[] = [];
  // Most connections send in the clear: keys are fetched and opened only where something is encrypted for them.
  if (!result.ok && result.code === "decryption_key_missing") {
    decryptionKeys = (await keys.find(connection))?.newestFirst ?? [];
    result = validate(posted, connection, protocol.requestId, decryptionKeys);
  }
  if (!result.ok) {
    if (result.code === "signature_invalid") {
      looks.ask(connection);
    }
    throw refused(result, posted.response);
  }

  const { assertion, warnings } = result;
  const response = maskXml(assertion.xml);
  const normalized = normalizeSaml(assertion, {
    provider: connection.provider,
    attributes: connection.settings.attributes,
    groupsDelimiter: connection.settings.groupsDelimiter,
    subjectMatches: connection.settings.subjectMatches,
  });
  if (!normalized.ok) {
    throw new SignInFailure("identity_unusable", { finding: normalized, response });
  }
  return {
    identity: normalized.identity,
    assertion: {
      id: assertion.id,
      replayableUntil: assertion.replayableUntil,
      certificateFingerprint: assertion.signedBy.certificateFingerprint,
    },
    response,
    detail: {
      signedBy: assertion.signedBy,
      encrypted: assertion.encrypted,
      // Tells whether an IdP encrypts for the new key already, so that the old one may go.
      ...(assertion.decryptedBy === undefined ? {} : { keyId: decryptionKeys[assertion.decryptedBy]?.id }),
      warnings,
    },
  };
}

function validate(
  posted: PostedResponse,
  { id, settings }: SamlConnection,
  inResponseTo: string,
  keys: readonly ConnectionKey[],
): SamlResult {
  const { entityId, acsUrl } = samlServiceProvider(posted.publicUrl, id);
  return validateResponse({
    response: posted.response,
    expected: { idpEntityId: settings.idpEntityId, audience: entityId, acsUrl, inResponseTo },
    certificates: settings.certificates,
    decryptionKeys: keys.map((key) => key.privateKey),
    nameIdRequired: settings.attributes?.subject === undefined,
    allowSha1: settings.allowSha1,
    now: posted.now,
  });
}

/**
 * The page must not tell why a message was refused, or whoever forges them has an oracle; only that the IdP itself said
 * no is told apart, as it is no check of ours.
 */
function refused(failure: SamlFailure, response: string): SignInFailure {
  const { code, message, fix, detail, status } = failure;
  const unverified = peekResponse(response);
  return new SignInFailure(code === "status_not_success" ? "idp_refused" : "response_invalid", {
    finding: { code, message, fix, ...optionalDetail(detail, status) },
    response: unverified.ok ? maskUnverifiedXml(unverified.xml) : undefined,
  });
}

function optionalDetail(detail: string | undefined, status: SamlFailure["status"]) {
  const text = status === undefined ? detail : JSON.stringify(status);
  return text === undefined ? {} : { detail: text };
}
