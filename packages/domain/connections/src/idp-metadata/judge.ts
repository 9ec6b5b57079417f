import type { SamlSettings } from "../settings.ts";
import { certificatesOf, changesOf, type MetadataChanges } from "./changes.ts";
import type { IdpFacts } from "./facts.ts";
import type { Problem } from "./problem.ts";

/** How far back a login shows that a certificate is in use. */
export const IN_USE_DAYS = 30;

export type Verdict =
  | { readonly action: "keep" }
  | { readonly action: "apply"; readonly changes: MetadataChanges }
  | { readonly action: "hold"; readonly changes: MetadataChanges; readonly problem: Problem };

/** What a refresh knows beside the metadata. */
export interface RefreshContext {
  /** Fingerprints of the certificates that verified a login lately. */
  readonly certificatesInUse: ReadonlySet<string>;
  /** It came from where it came from before (see `isSameSource`). */
  readonly sameSource: boolean;
}

/**
 * Whether a refresh may change the settings without an operator. Whoever can change what the URL serves can name
 * certificates of their own and sign anybody in. So these wait for an operator: another entity ID; the loss of all
 * certificates that are known to be in use; anything at all that nobody signed and that comes from elsewhere; and
 * everything, where the connection says so.
 */
export function judge(settings: SamlSettings, facts: IdpFacts, context: RefreshContext): Verdict {
  const changes = changesOf(settings, facts);
  if (changes === null) {
    return { action: "keep" };
  }
  const problem = objection(settings, facts, context);
  return problem === undefined ? { action: "apply", changes } : { action: "hold", changes, problem };
}

function objection(
  settings: SamlSettings,
  facts: IdpFacts,
  { certificatesInUse, sameSource }: RefreshContext,
): Problem | undefined {
  if (facts.idpEntityId !== settings.idpEntityId) {
    return {
      code: "metadata_entity_changed",
      message: "The metadata describes another identity provider than before.",
      fix: "If the identity provider was renamed or replaced on purpose, apply what is held back. If not, find out who changed what the metadata URL serves.",
      detail: `${settings.idpEntityId} became ${facts.idpEntityId}`,
    };
  }
  if (certificatesInUse.size > 0 && !keepsOne(settings, facts, certificatesInUse)) {
    return {
      code: "metadata_certificates_lost",
      message: `The metadata lacks every certificate that verified a login in the last ${IN_USE_DAYS} days.`,
      fix: "Compare the new certificates' fingerprints with what the identity provider's administrator sees. If they are right, apply what is held back. If not, find out who changed what the metadata URL serves.",
    };
  }
  if (settings.metadataCertificates === undefined && !sameSource) {
    return {
      code: "metadata_source_changed",
      message: "The metadata is not signed, and did not come over https from the host of the metadata URL.",
      fix: "Compare the new certificates' fingerprints with what the identity provider's administrator sees. If they are right, apply what is held back, and give the connection the final metadata URL, or the certificate that the metadata is signed with.",
    };
  }
  if (settings.holdMetadataChanges === true) {
    return {
      code: "metadata_changes_held",
      message: "The metadata has changed, and the connection holds every change back.",
      fix: "Compare the new certificates' fingerprints with what the identity provider's administrator sees. If they are right, apply what is held back.",
    };
  }
  return undefined;
}

/** A renewed certificate of the same key verifies what the old one did: it is no loss. */
function keepsOne(settings: SamlSettings, facts: IdpFacts, fingerprints: ReadonlySet<string>): boolean {
  const inUse = certificatesOf(settings.certificates).filter(({ fingerprint }) =>
    fingerprints.has(fingerprint),
  );
  const keys = new Set(inUse.map(({ keyFingerprint }) => keyFingerprint));
  return certificatesOf(facts.certificates).some(
    ({ fingerprint, keyFingerprint }) => fingerprints.has(fingerprint) || keys.has(keyFingerprint),
  );
}
