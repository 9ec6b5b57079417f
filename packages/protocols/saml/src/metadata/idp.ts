import { answering, Refusal, refuse } from "../errors/refusal.ts";
import { DEFAULT_METADATA_LIMITS } from "../limits.ts";
import { type CertificateInfo, certificateInfo } from "../signature/certificate.ts";
import { signatureOf, verifySignature } from "../signature/verify.ts";
import type { SamlFailure, SamlLimits } from "../types.ts";
import { requireUtf8 } from "../xml/base64.ts";
import { readCanonical, type XmlElement } from "../xml/canonical-reader.ts";
import { type OpenDocument, parseXml, withDocument } from "../xml/document.ts";
import {
  attribute,
  childrenNamed,
  dateTime,
  is,
  optionalChild,
  requiredAttribute,
  textOf,
} from "../xml/element.ts";
import { NS } from "../xml/names.ts";

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
  /** Keys with `use="signing"` or no `use`, each once; at least one. Those that no signature of ours may use are left out. */
  readonly signingCertificates: readonly CertificateInfo[];
  readonly wantAuthnRequestsSigned: boolean;
  readonly nameIdFormats: readonly string[];
  /** After this, the metadata must not be used. */
  readonly validUntil?: Date;
  /** How long it may be kept before it is looked at again, in milliseconds. */
  readonly cacheDurationMs?: number;
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
    return { ok: true, metadata: readIdp(chooseIdp(root, options.entityId), options) };
  });
}

function verifiedRoot(document: OpenDocument, policy: Parameters<typeof verifySignature>[3]): XmlElement {
  const signature = signatureOf(document.root) ?? refuse("signature_missing", "the metadata is not signed");
  return readCanonical(verifySignature(document, document.root, signature, policy).bytes, policy.limits);
}

/** One role of one entity. What limits the life of an element limits that of everything in it: hence the way to it. */
interface FoundIdp {
  readonly entityId: string;
  readonly role: XmlElement;
  /** From the root to the role. */
  readonly path: readonly XmlElement[];
}

function chooseIdp(root: XmlElement, wanted: string | undefined): FoundIdp {
  if (!is(root, NS.metadata, "EntityDescriptor") && !is(root, NS.metadata, "EntitiesDescriptor")) {
    return refuse("not_metadata", `root is ${root.name} in ${root.namespace}`);
  }
  const idps = findIdps(root, []);
  if (idps.length === 0) {
    refuse("metadata_no_idp");
  }
  const meant = wanted === undefined ? idps : idps.filter(({ entityId }) => entityId === wanted);
  const [chosen, other] = meant;
  if (chosen === undefined) {
    return refuse("metadata_entity_unknown", `expected ${wanted}`);
  }
  if (other !== undefined) {
    refuse("metadata_ambiguous", meant.map(({ entityId }) => entityId).join(", "));
  }
  return chosen;
}

function findIdps(element: XmlElement, above: readonly XmlElement[]): FoundIdp[] {
  const path = [...above, element];
  if (is(element, NS.metadata, "EntitiesDescriptor")) {
    return element.children.flatMap((child) => findIdps(child, path));
  }
  if (!is(element, NS.metadata, "EntityDescriptor")) {
    return [];
  }
  const entityId = attribute(element, "entityID")?.trim() ?? "";
  return idpRoles(element).map((role) => ({ entityId, role, path: [...path, role] }));
}

/** IDPSSODescriptors that speak SAML 2.0: older IdPs describe SAML 1.1 beside it. */
function idpRoles(entity: XmlElement): XmlElement[] {
  return childrenNamed(entity, NS.metadata, "IDPSSODescriptor").filter((role) =>
    requiredAttribute(role, "protocolSupportEnumeration").split(/\s+/).includes(NS.protocol),
  );
}

function readIdp({ entityId, role, path }: FoundIdp, options: ParseIdpMetadataOptions): IdpMetadata {
  if (entityId === "") {
    refuse("metadata_malformed", "entityID");
  }
  const ssoUrls = endpoints(role, "SingleSignOnService", "Location");
  if (ssoUrls.redirect === undefined && ssoUrls.post === undefined) {
    refuse("metadata_no_sso", entityId);
  }
  const signingCertificates = readCertificates(role);
  if (signingCertificates.length === 0) {
    refuse("metadata_no_certificate", entityId);
  }
  const validUntil = smallest(path, "validUntil", dateTime);
  if (options.now !== undefined && validUntil !== undefined && validUntil <= options.now) {
    refuse("metadata_expired", validUntil.toISOString());
  }
  const cacheDurationMs = smallest(path, "cacheDuration", duration);
  return {
    entityId,
    ssoUrls,
    sloUrls: endpoints(role, "SingleLogoutService", "Location"),
    sloResponseUrls: endpoints(role, "SingleLogoutService", "ResponseLocation"),
    signingCertificates,
    wantAuthnRequestsSigned: /^(?:true|1)$/.test(attribute(role, "WantAuthnRequestsSigned") ?? "false"),
    nameIdFormats: childrenNamed(role, NS.metadata, "NameIDFormat").map((each) => textOf(each).trim()),
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(cacheDurationMs === undefined ? {} : { cacheDurationMs }),
    signatureVerified: options.certificates !== undefined,
  };
}

/** The least value of an attribute on the way to an element (SAML 2.0 Metadata, errata E76). */
function smallest<Value extends Date | number>(
  path: readonly XmlElement[],
  name: string,
  read: (text: string) => Value | undefined,
): Value | undefined {
  const values = path.flatMap((element) => {
    const text = attribute(element, name);
    return (text === undefined ? undefined : read(text)) ?? [];
  });
  return values.sort((one, other) => Number(one) - Number(other))[0];
}

const DURATION =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const SECONDS = [365 * 86_400, 30 * 86_400, 86_400, 3_600, 60, 1];

/** An xs:duration in milliseconds; undefined for what is none, because all that hangs on it is a schedule. */
function duration(text: string): number | undefined {
  const parts = DURATION.exec(text.trim())?.slice(1);
  return parts?.reduce((sum, part, index) => sum + Number(part ?? 0) * (SECONDS[index] ?? 0) * 1_000, 0);
}

/**
 * The first certificate of each X509Data is the key's own; what may follow is its chain (XML-DSig §4.5.4). A key that
 * cannot be used here (DSA, Ed25519, a torn certificate) keeps nobody from the others, unless there is no other.
 */
function readCertificates(idp: XmlElement): CertificateInfo[] {
  const byFingerprint = new Map<string, CertificateInfo>();
  let unusable: Refusal | undefined;
  for (const text of certificateTexts(idp)) {
    try {
      const certificate = certificateInfo(text);
      byFingerprint.set(certificate.fingerprint, certificate);
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
      unusable ??= error;
    }
  }
  if (byFingerprint.size === 0 && unusable !== undefined) {
    throw unusable;
  }
  return [...byFingerprint.values()];
}

function certificateTexts(idp: XmlElement): string[] {
  return childrenNamed(idp, NS.metadata, "KeyDescriptor")
    .filter((key) => (attribute(key, "use") ?? "signing") === "signing")
    .flatMap((key) => optionalChild(key, NS.signature, "KeyInfo") ?? [])
    .flatMap((keyInfo) => childrenNamed(keyInfo, NS.signature, "X509Data"))
    .flatMap((data) => childrenNamed(data, NS.signature, "X509Certificate").slice(0, 1))
    .map(textOf);
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
  if (url === undefined) {
    return undefined;
  }
  // A javascript: or file: URL here would reach a browser's form action.
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    refuse("metadata_malformed", `${name} ${url}`);
  }
  return url;
}
