import { requireUtf8 } from "./base64.ts";
import { readCanonical, type XmlElement } from "./canonical-reader.ts";
import { type CertificateInfo, certificateInfo } from "./certificate.ts";
import {
  attribute,
  childrenNamed,
  dateTime,
  descendants,
  is,
  optionalChild,
  requiredAttribute,
  textOf,
} from "./element.ts";
import { answering, refuse } from "./errors.ts";
import { DEFAULT_METADATA_LIMITS } from "./limits.ts";
import { NS } from "./names.ts";
import { signatureOf, verifySignature } from "./signature.ts";
import type { SamlFailure, SamlLimits } from "./types.ts";
import { type OpenDocument, parseXml, withDocument } from "./xml.ts";

/** One service of an IdP, by binding. */
export interface IdpEndpoints {
  readonly redirect?: string;
  readonly post?: string;
}

export interface IdpMetadata {
  readonly entityId: string;
  /** At least one of the two. */
  readonly ssoUrls: IdpEndpoints;
  readonly sloUrls: IdpEndpoints;
  /** Where logout responses go, when the IdP wants them elsewhere than requests. */
  readonly sloResponseUrls: IdpEndpoints;
  /** Keys with `use="signing"` or no `use`, each once; at least one. */
  readonly signingCertificates: readonly CertificateInfo[];
  readonly wantAuthnRequestsSigned: boolean;
  readonly nameIdFormats: readonly string[];
  /** After this, the metadata must not be used. */
  readonly validUntil?: Date;
  /** True when a signature on the metadata was verified. */
  readonly signatureVerified: boolean;
}

export interface ParseIdpMetadataOptions {
  /** Which IdP is meant, when the document describes several. */
  readonly entityId?: string;
  /** PEM; when given, the document must carry a signature at its root that one of them verifies. */
  readonly certificates?: readonly string[];
  readonly allowSha1?: boolean;
  /** When given, metadata past its `validUntil` is refused. */
  readonly now?: Date;
  readonly limits?: Partial<SamlLimits>;
}

/**
 * Reads an IdP's SAML 2.0 metadata: an EntityDescriptor, or an EntitiesDescriptor at any depth. Pure; it
 * fetches nothing. Comments are skipped, because people edit metadata; every other XML rule holds.
 */
export function parseIdpMetadata(
  xml: string,
  options: ParseIdpMetadataOptions = {},
): { readonly ok: true; readonly metadata: IdpMetadata } | SamlFailure {
  return answering(() => {
    const bytes = requireUtf8(Buffer.from(xml.replace(/^\uFEFF/, "").trim(), "utf8"));
    const rules = { limits: { ...DEFAULT_METADATA_LIMITS, ...options.limits }, skipComments: true };
    const { certificates } = options;
    const root =
      certificates === undefined
        ? parseXml(bytes, rules)
        : withDocument(bytes, rules, (document) =>
            verifiedRoot(document, { ...rules, certificates, allowSha1: options.allowSha1 ?? false }),
          );
    const [entity, idp] = chooseEntity(root, options.entityId);
    return { ok: true, metadata: readIdp(root, entity, idp, options) };
  });
}

function verifiedRoot(document: OpenDocument, policy: Parameters<typeof verifySignature>[3]): XmlElement {
  const signature = signatureOf(document.root) ?? refuse("signature_missing", "the metadata is not signed");
  return readCanonical(verifySignature(document, document.root, signature, policy).bytes, policy.limits);
}

type EntityAndIdp = readonly [entity: XmlElement, idp: XmlElement];

function chooseEntity(root: XmlElement, wanted: string | undefined): EntityAndIdp {
  if (!is(root, NS.metadata, "EntityDescriptor") && !is(root, NS.metadata, "EntitiesDescriptor")) {
    return refuse("not_metadata", `root is ${root.name} in ${root.namespace}`);
  }
  const idps = descendants(root)
    .filter((each) => is(each, NS.metadata, "EntityDescriptor"))
    .flatMap((entity) => idpRoles(entity).map((role) => [entity, role] as const));
  if (idps.length === 0) refuse("metadata_no_idp");
  const meant =
    wanted === undefined ? idps : idps.filter(([entity]) => attribute(entity, "entityID") === wanted);
  const [chosen, other] = meant;
  if (chosen === undefined) return refuse("metadata_entity_unknown", `expected ${wanted}`);
  if (other !== undefined) {
    refuse("metadata_ambiguous", meant.map(([entity]) => attribute(entity, "entityID") ?? "").join(", "));
  }
  return chosen;
}

/** IDPSSODescriptors that speak SAML 2.0: older IdPs describe SAML 1.1 beside it. */
function idpRoles(entity: XmlElement): XmlElement[] {
  return childrenNamed(entity, NS.metadata, "IDPSSODescriptor").filter((role) =>
    requiredAttribute(role, "protocolSupportEnumeration").split(/\s+/).includes(NS.protocol),
  );
}

function readIdp(
  root: XmlElement,
  entity: XmlElement,
  idp: XmlElement,
  options: ParseIdpMetadataOptions,
): IdpMetadata {
  const entityId = attribute(entity, "entityID")?.trim() || refuse("metadata_malformed", "entityID");
  const ssoUrls = endpoints(idp, "SingleSignOnService", "Location");
  if (ssoUrls.redirect === undefined && ssoUrls.post === undefined) refuse("metadata_no_sso", entityId);
  const signingCertificates = readCertificates(idp);
  if (signingCertificates.length === 0) refuse("metadata_no_certificate", entityId);
  const validUntil = earliest([root, entity, idp].map((each) => attribute(each, "validUntil")));
  if (options.now !== undefined && validUntil !== undefined && validUntil <= options.now) {
    refuse("metadata_expired", validUntil.toISOString());
  }
  return {
    entityId,
    ssoUrls,
    sloUrls: endpoints(idp, "SingleLogoutService", "Location"),
    sloResponseUrls: endpoints(idp, "SingleLogoutService", "ResponseLocation"),
    signingCertificates,
    wantAuthnRequestsSigned: /^(?:true|1)$/.test(attribute(idp, "WantAuthnRequestsSigned") ?? "false"),
    nameIdFormats: childrenNamed(idp, NS.metadata, "NameIDFormat").map((each) => textOf(each).trim()),
    ...(validUntil === undefined ? {} : { validUntil }),
    signatureVerified: options.certificates !== undefined,
  };
}

function earliest(times: readonly (string | undefined)[]): Date | undefined {
  const dates = times.filter((time) => time !== undefined).map(dateTime);
  return dates.sort((a, b) => a.getTime() - b.getTime())[0];
}

/** The first certificate of each X509Data is the key's own; what may follow is its chain (XML-DSig §4.5.4). */
function readCertificates(idp: XmlElement): CertificateInfo[] {
  const byFingerprint = new Map<string, CertificateInfo>();
  for (const key of childrenNamed(idp, NS.metadata, "KeyDescriptor")) {
    if ((attribute(key, "use") ?? "signing") !== "signing") continue;
    const keyInfo = optionalChild(key, NS.signature, "KeyInfo");
    for (const data of keyInfo === undefined ? [] : childrenNamed(keyInfo, NS.signature, "X509Data")) {
      const [own] = childrenNamed(data, NS.signature, "X509Certificate");
      if (own === undefined) continue;
      const certificate = certificateInfo(textOf(own));
      byFingerprint.set(certificate.fingerprint, certificate);
    }
  }
  return [...byFingerprint.values()];
}

function endpoints(idp: XmlElement, name: string, location: "Location" | "ResponseLocation"): IdpEndpoints {
  const redirect = endpoint(idp, name, "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect", location);
  const post = endpoint(idp, name, "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", location);
  return { ...(redirect === undefined ? {} : { redirect }), ...(post === undefined ? {} : { post }) };
}

function endpoint(idp: XmlElement, name: string, binding: string, location: string): string | undefined {
  const service = childrenNamed(idp, NS.metadata, name).find(
    (each) => attribute(each, "Binding") === binding,
  );
  const url = service && attribute(service, location)?.trim();
  if (url === undefined) return undefined;
  // A javascript: or file: URL here would reach a browser's form action.
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    refuse("metadata_malformed", `${name} ${url}`);
  return url;
}
