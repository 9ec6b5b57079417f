import { parseConnection, type SamlConnection, samlServiceProvider } from "@sallyport/connections";
import type { ConnectionKey, ConnectionKeys } from "@sallyport/connections/keys";
import { maskUnparsedXml, maskXml } from "@sallyport/login-records";
import { type SamlFailure, type SamlResult, validateResponse } from "@sallyport/saml";
import { z } from "zod";
import { SignInFailure } from "../../core/failures.ts";
import type { OpenLogin, ProtocolState } from "../../core/login-requests.ts";
import type { VerifiedResponse } from "../../core/protocol.ts";
import type { MetadataRefreshRequests } from "./metadata-refresh-requests.ts";
import { normalizeSaml } from "./normalize.ts";

/** What `startSamlLogin` keeps. */
const samlState = z.object({ requestId: z.string() });

/** Tells the login whose request has this ID. */
export function isStateOfRequest(id: string): (protocolState: ProtocolState) => boolean {
  return (protocolState) => samlState.parse(protocolState).requestId === id;
}

interface Deps {
  readonly publicUrl: string;
  readonly now: () => Date;
}

/**
 * Validates a response to `login`'s request, and normalizes it. Throws `SignInFailure`.
 * @param response the `SAMLResponse` form value
 */
export async function verifySamlResponse(
  deps: Deps,
  keys: ConnectionKeys,
  refreshRequests: MetadataRefreshRequests,
  login: OpenLogin,
  response: string,
): Promise<VerifiedResponse> {
  const connection = parseConnection("saml", login.connection);
  const { requestId } = samlState.parse(login.protocolState);
  let result = validate(deps, connection, response, requestId, []);
  let decryptionKeys: readonly ConnectionKey[] = [];
  // Most connections send in the clear: keys are fetched and opened only where something is encrypted for them.
  if (!result.ok && result.code === "decryption_key_missing") {
    decryptionKeys = (await keys.find(connection))?.newestFirst ?? [];
    result = validate(deps, connection, response, requestId, decryptionKeys);
  }
  if (!result.ok) {
    if (result.code === "signature_invalid") {
      refreshRequests.request(connection);
    }
    throw refused(result, response);
  }

  const { assertion, warnings } = result;
  const shown = maskXml(assertion.xml);
  const normalized = normalizeSaml(assertion, {
    provider: connection.provider,
    attributes: connection.settings.attributes,
    groupsDelimiter: connection.settings.groupsDelimiter,
    subjectMatches: connection.settings.subjectMatches,
  });
  if (!normalized.ok) {
    throw new SignInFailure("identity_unusable", { finding: normalized, response: shown });
  }
  return {
    identity: normalized.identity,
    assertion: {
      id: assertion.id,
      replayableUntil: assertion.replayableUntil,
      certificateFingerprint: assertion.signedBy.certificateFingerprint,
    },
    response: shown,
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
  { publicUrl, now }: Deps,
  { id, settings }: SamlConnection,
  response: string,
  inResponseTo: string,
  keys: readonly ConnectionKey[],
): SamlResult {
  const { entityId, acsUrl } = samlServiceProvider(publicUrl, id);
  return validateResponse({
    response,
    expected: { idpEntityId: settings.idpEntityId, audience: entityId, acsUrl, inResponseTo },
    certificates: settings.certificates,
    decryptionKeys: keys.map((key) => key.privateKey),
    nameIdRequired: settings.attributes?.subject === undefined,
    allowSha1: settings.allowSha1,
    now: now(),
  });
}

/**
 * The page must not tell why a message was refused, or it becomes an oracle for forgers; only that the IdP itself said
 * no is distinguished, as it is not one of our checks.
 */
function refused(failure: SamlFailure, response: string): SignInFailure {
  const { code, message, fix, detail, status } = failure;
  return new SignInFailure(code === "status_not_success" ? "idp_refused" : "response_invalid", {
    finding: { code, message, fix, ...optionalDetail(detail, status) },
    response: showResponse(response),
  });
}

function optionalDetail(detail: string | undefined, status: SamlFailure["status"]) {
  const text = status === undefined ? detail : JSON.stringify(status);
  return text === undefined ? {} : { detail: text };
}

/** A posted response for its record, masked: whatever it is, also what no parser takes. */
export function showResponse(response: string): string {
  return maskUnparsedXml(Buffer.from(response, "base64").toString("utf8"));
}
