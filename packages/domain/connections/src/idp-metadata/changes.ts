import { createHash } from "node:crypto";
import { type CertificateInfo, readCertificate } from "@sallyport/saml";
import { z } from "zod";
import type { SamlSettings } from "../settings.ts";
import { IDP_FACTS, type IdpFacts, withFacts } from "./facts.ts";

const certificate = z.object({ fingerprint: z.string(), subject: z.string(), notAfter: z.iso.datetime() });

/** What metadata would make of the settings, in a form to be shown. */
export const metadataChanges = z.object({
  /** Fingerprints of all signing certificates, as they were and as they would be. */
  certificatesBefore: z.array(z.string()).default([]),
  certificatesAfter: z.array(z.string()).default([]),
  certificatesAdded: z.array(certificate),
  certificatesRemoved: z.array(certificate),
  /** Other settings; null where there is none. */
  settings: z.array(z.object({ name: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
});

export type MetadataChanges = z.infer<typeof metadataChanges>;

/** The difference that the facts make to the settings; null where they make none. */
export function changesOf(settings: SamlSettings, facts: IdpFacts): MetadataChanges | null {
  const changes = compare(settings, facts);
  const { certificatesAdded, certificatesRemoved, settings: others } = changes;
  return [certificatesAdded, certificatesRemoved, others].every((list) => list.length === 0) ? null : changes;
}

/** The same, with empty lists where they make none. */
export function compare(settings: SamlSettings, facts: IdpFacts): MetadataChanges {
  const next = withFacts(settings, facts);
  const names = [...IDP_FACTS.filter((fact) => fact !== "certificates"), "signRequests"] as const;
  const changed = names.filter((name) => settings[name] !== next[name]);
  const present = certificatesOf(settings.certificates);
  const wanted = certificatesOf(next.certificates);
  return {
    certificatesBefore: present.map(({ fingerprint }) => fingerprint),
    certificatesAfter: wanted.map(({ fingerprint }) => fingerprint),
    certificatesAdded: lacking(present, wanted).map(summary),
    certificatesRemoved: lacking(wanted, present).map(summary),
    settings: changed.map((name) => ({ name, from: shown(settings[name]), to: shown(next[name]) })),
  };
}

/** Those of `all` that are not in `some`. */
function lacking(some: readonly CertificateInfo[], all: readonly CertificateInfo[]) {
  const fingerprints = new Set(some.map(({ fingerprint }) => fingerprint));
  return all.filter(({ fingerprint }) => !fingerprints.has(fingerprint));
}

const shown = (value: string | boolean | undefined) => (value === undefined ? null : String(value));

function summary({ fingerprint, subject, notAfter }: CertificateInfo) {
  return { fingerprint, subject, notAfter: notAfter.toISOString() };
}

/** Certificates as they are stored, which were read before. */
export function certificatesOf(pems: readonly string[]): CertificateInfo[] {
  return pems.map((pem) => {
    const result = readCertificate(pem);
    if (!result.ok) {
      throw new Error(`A stored certificate is unreadable: ${result.code}`);
    }
    return result.certificate;
  });
}

/** Names one state of facts, so that who decides on it decides on what they saw. */
export function digestOf(facts: IdpFacts): string {
  const certificates = certificatesOf(facts.certificates).map(({ fingerprint }) => fingerprint);
  const named = Object.entries({ ...facts, certificates: certificates.sort() }).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return createHash("sha256").update(JSON.stringify(named)).digest("hex");
}
