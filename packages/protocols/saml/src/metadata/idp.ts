import { answering, Refusal, refuse } from "../errors/refusal.ts";
import { DEFAULT_METADATA_LIMITS } from "../limits.ts";
import { type CertificateInfo, certificateInfo } from "../signature/certificate.ts";
import { signatureOf, verifySignature } from "../signature/verify.ts";
import type { SamlFailure, SamlLimits } from "../types.ts";
import { readCanonical, type XmlElement } from "../xml/canonical-reader.ts";
import { type OpenDocument, parseXml, withDocument } from "../xml/document.ts";
import { attribute, childrenNamed, dateTime, is, optionalChild, textOf, token } from "../xml/element.ts";
import { NS } from "../xml/names.ts";
import { decodeMetadata } from "./encoding.ts";
import { EntityFinder } from "./entity-finder.ts";

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
  /** Keys with `use="signing"` or no `use`, each once; at least one. Keys that we accept no signature of are left out. */
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
 * fetches nothing. Comments are skipped, because people edit metadata; every other XML rule holds. Where an entity ID
 * says who is meant, and no signature has to cover the rest, faults of the others do no harm.
 */
export function parseIdpMetadata(
  document: string | Uint8Array,
  options: ParseIdpMetadataOptions = {},
): { readonly ok: true; readonly metadata: IdpMetadata } | SamlFailure {
  return answering(() => {
    const text = decodeMetadata(document);
    refuseOtherFormats(text);
    return { ok: true, metadata: readDocument(text, options) };
  });
}

function readDocument(text: string, options: ParseIdpMetadataOptions): IdpMetadata {
  const { certificates, entityId } = options;
  const limits = { ...DEFAULT_METADATA_LIMITS, ...options.limits };
  const bytes = Buffer.from(text, "utf8");
  if (certificates !== undefined) {
    const policy = { limits, skipComments: true, certificates, allowSha1: options.allowSha1 ?? false };
    const root = withDocument(bytes, policy, (whole) => verifiedRoot(whole, policy));
    return readIdp(chooseIdp(root, entityId), options);
  }
  const rules = { limits, skipComments: true, allowDuplicateIds: true };
  try {
    return readIdp(chooseIdp(parseXml(bytes, rules), entityId), options);
  } catch (error) {
    const alone = error instanceof Refusal && entityId !== undefined ? cutOut(text, entityId) : undefined;
    if (alone === undefined || bytes.length > limits.maxBytes) {
      throw error;
    }
    return readIdp(chooseIdp(parseXml(Buffer.from(alone, "utf8"), rules), entityId), options);
  }
}

/** The one entity out of a document that cannot be read as a whole; undefined where there is no more than it. */
function cutOut(text: string, entityId: string): string | undefined {
  const finder = new EntityFinder(entityId, text.length);
  const found = answering(() => {
    finder.push(text);
    return finder.end();
  });
  return typeof found === "string" && found.length < text.length ? found : undefined;
}

/** What is served in the place of metadata, by its beginning. */
function refuseOtherFormats(text: string): void {
  if (text === "") {
    refuse("not_metadata", "it is empty");
  }
  if (/^(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b/is.test(text.slice(0, 2_000))) {
    const title = /<title[^>]*>([^<]{1,200})/i.exec(text.slice(0, 10_000))?.[1]?.replace(/\s+/g, " ").trim();
    refuse("not_metadata", title === undefined ? "it is an HTML page" : `it is an HTML page: ${title}`);
  }
  if (text.startsWith("{") || text.startsWith("[")) {
    refuse("not_metadata", "it is JSON");
  }
  if (!text.startsWith("<")) {
    refuse("not_metadata", `it begins with ${JSON.stringify(text.slice(0, 40))}`);
  }
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
    return refuse("metadata_entity_unknown", `expected ${wanted}, found ${named(idps)}`);
  }
  if (other !== undefined) {
    refuse("metadata_ambiguous", named(meant));
  }
  return chosen;
}

const MAX_NAMED = 10;

function named(idps: readonly FoundIdp[]): string {
  const some = idps.slice(0, MAX_NAMED).map(({ entityId }) => entityId);
  return some.join(", ") + (idps.length > MAX_NAMED ? ` and ${idps.length - MAX_NAMED} others` : "");
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
    (attribute(role, "protocolSupportEnumeration") ?? "").split(/\s+/).includes(NS.protocol),
  );
}

function readIdp({ entityId, role, path }: FoundIdp, options: ParseIdpMetadataOptions): IdpMetadata {
  if (entityId === "") {
    refuse("metadata_malformed", "entityID");
  }
  const ssoUrls = endpoints(role, "SingleSignOnService", "Location");
  if (ssoUrls.redirect === undefined && ssoUrls.post === undefined) {
    const services = childrenNamed(role, NS.metadata, "SingleSignOnService").map(
      (each) =>
        `${token(each, "Binding")?.split(":").at(-1)} at ${JSON.stringify(attribute(each, "Location"))}`,
    );
    refuse("metadata_no_sso", `${entityId} has ${services.join(", ") || "no SingleSignOnService"}`);
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
  const redirect = endpoint(idp, name, "HTTP-Redirect", location);
  const post = endpoint(idp, name, "HTTP-POST", location);
  return { ...(redirect === undefined ? {} : { redirect }), ...(post === undefined ? {} : { post }) };
}

/** The first that can be used: one that is empty, relative or of another scheme keeps nobody from the others. */
function endpoint(
  idp: XmlElement,
  name: string,
  binding: "HTTP-Redirect" | "HTTP-POST",
  location: "Location" | "ResponseLocation",
): string | undefined {
  return childrenNamed(idp, NS.metadata, name)
    .filter((each) => token(each, "Binding") === `urn:oasis:names:tc:SAML:2.0:bindings:${binding}`)
    .map((each) => token(each, location))
    .find((url) => url !== undefined && isWebUrl(url));
}

/** A javascript: or file: URL here would reach a browser's form action. */
function isWebUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
