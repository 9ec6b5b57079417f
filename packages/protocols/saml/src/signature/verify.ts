import { createHash, timingSafeEqual, verify } from "node:crypto";
import { refuse } from "../errors/refusal.ts";
import { decodeBase64 } from "../xml/base64.ts";
import { readCanonical, type XmlElement } from "../xml/canonical-reader.ts";
import type { OpenDocument, XmlRules } from "../xml/document.ts";
import { childrenNamed, descendants, is, requiredAttribute, textOf, token } from "../xml/element.ts";
import { NS, TRANSFORM } from "../xml/names.ts";
import { digestAlgorithm, signatureAlgorithm } from "./algorithms.ts";
import { type ParsedCertificate, parseCertificate } from "./certificate.ts";

export interface SignaturePolicy extends XmlRules {
  readonly certificates: readonly string[];
  readonly allowSha1: boolean;
}

/** What a signature proved: these bytes, by this certificate. */
export interface Verified {
  /** Exclusive C14N of the signed element without its signature: the only thing to read from now on. */
  readonly bytes: Buffer;
  readonly certificate: ParsedCertificate;
  /** Signature algorithm URI. */
  readonly algorithm: string;
  readonly digestAlgorithm: string;
}

/** The signature of `element`: its own child, at most one. */
export function signatureOf(element: XmlElement): XmlElement | undefined {
  const [first, second] = childrenNamed(element, NS.signature, "Signature");
  if (second !== undefined) {
    refuse("signature_multiple", `in ${element.name}`);
  }
  return first;
}

/**
 * Verifies the enveloped `signature` of `element` and returns the bytes that it covers. The signature is
 * taken out of `document` on the way.
 *
 * Nothing is looked up by ID: the signed element is the one that the signature stands in, the reference
 * only has to say the same (SAML 2.0 Core §5.4.2). KeyInfo is ignored: keys come from the connection.
 */
export function verifySignature(
  document: OpenDocument,
  element: XmlElement,
  signature: XmlElement,
  policy: SignaturePolicy,
): Verified {
  const claimed = readSignature(signature);
  const method = readMethod(claimed.signedInfo, document.hasComments);
  const { hash, keyType } = signatureAlgorithm(method.algorithm, policy.allowSha1);
  const signedInfo = document.canonicalize(claimed.signedInfo, method.prefixes);
  const value = decodeBase64(textOf(claimed.signatureValue), "signature_malformed");
  const certificate = policy.certificates
    .map(parseCertificate)
    .find((each) => each.keyType === keyType && verifies(hash, signedInfo, each, value));
  if (certificate === undefined) {
    refuse("signature_invalid", certificatesTried(policy));
  }

  // From here on SignedInfo itself is read from the bytes that were verified (CVE-2025-29774, -29775).
  const reference = readReference(readCanonical(signedInfo, policy.limits), document.hasComments);
  if (reference.uri !== `#${requiredAttribute(element, "ID")}`) {
    refuse("signature_reference_mismatch", `${reference.uri} in ${element.name}`);
  }
  const digest = digestAlgorithm(reference.digestAlgorithm, policy.allowSha1);
  const bytes = document.canonicalizeWithout(signature, element, reference.prefixes);
  const actual = createHash(digest).update(bytes).digest();
  if (actual.length !== reference.digest.length || !timingSafeEqual(actual, reference.digest)) {
    refuse("digest_mismatch", `in ${element.name}`);
  }
  return { bytes, certificate, algorithm: method.algorithm, digestAlgorithm: reference.digestAlgorithm };
}

function verifies(hash: string, data: Buffer, { publicKey }: ParsedCertificate, signature: Buffer): boolean {
  // XML-DSig writes ECDSA signatures as r||s (RFC 4050 §3.3), not as DER.
  return verify(hash, data, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
}

function certificatesTried({ certificates }: SignaturePolicy): string {
  return `tried ${certificates.map((pem) => parseCertificate(pem).fingerprint).join(", ")}`;
}

function readSignature(signature: XmlElement): { signedInfo: XmlElement; signatureValue: XmlElement } {
  const [signedInfo, signatureValue, keyInfo, ...rest] = signature.children;
  if (
    signedInfo === undefined ||
    signatureValue === undefined ||
    !is(signedInfo, NS.signature, "SignedInfo") ||
    !is(signatureValue, NS.signature, "SignatureValue") ||
    (keyInfo !== undefined && !is(keyInfo, NS.signature, "KeyInfo")) ||
    rest.length > 0
  ) {
    // A second SignedInfo (CVE-2025-29774) or an Object (XSW 4, 8) ends here.
    return refuse("signature_malformed", signature.children.map((child) => child.name).join(", "));
  }
  if (keyInfo !== undefined) {
    refuseHiddenParts(keyInfo);
  }
  return { signedInfo, signatureValue };
}

/** KeyInfo is not read here; but libraries that search descendants would find in it what belongs to SignedInfo. */
function refuseHiddenParts(keyInfo: XmlElement): void {
  const parts = ["SignedInfo", "SignatureValue", "Reference", "Transform", "DigestValue"];
  for (const { name } of descendants(keyInfo)) {
    if (parts.includes(name)) {
      refuse("signature_malformed", `${name} in KeyInfo`);
    }
  }
}

interface SignatureMethod {
  readonly algorithm: string;
  readonly prefixes: readonly string[];
}

/** What is needed before there is anything verified: how to canonicalize SignedInfo and check its signature. */
function readMethod(signedInfo: XmlElement, hasComments: boolean): SignatureMethod {
  const [canonicalization, method, reference, ...rest] = signedInfo.children;
  if (rest.some((child) => is(child, NS.signature, "Reference"))) {
    refuse("signature_reference_multiple");
  }
  if (
    canonicalization === undefined ||
    method === undefined ||
    reference === undefined ||
    rest.length > 0 ||
    !is(canonicalization, NS.signature, "CanonicalizationMethod") ||
    !is(method, NS.signature, "SignatureMethod") ||
    !is(reference, NS.signature, "Reference")
  ) {
    return refuse("signature_malformed", "SignedInfo");
  }
  if (!isExclusiveC14n(token(canonicalization, "Algorithm"), hasComments)) {
    refuse("signature_canonicalization", token(canonicalization, "Algorithm"));
  }
  const algorithm = token(method, "Algorithm") ?? refuse("signature_malformed", "SignatureMethod");
  if (method.children.length > 0) {
    refuse("signature_malformed", "SignatureMethod");
  }
  return { algorithm, prefixes: inclusivePrefixes(canonicalization) };
}

interface Reference {
  readonly uri: string;
  readonly digestAlgorithm: string;
  readonly digest: Buffer;
  readonly prefixes: readonly string[];
}

function readReference(signedInfo: XmlElement, hasComments: boolean): Reference {
  readMethod(signedInfo, hasComments);
  const [, , reference] = signedInfo.children;
  const [transforms, method, value, ...rest] = reference?.children ?? [];
  if (
    reference === undefined ||
    transforms === undefined ||
    method === undefined ||
    value === undefined ||
    rest.length > 0 ||
    !is(transforms, NS.signature, "Transforms") ||
    !is(method, NS.signature, "DigestMethod") ||
    !is(value, NS.signature, "DigestValue") ||
    method.children.length > 0
  ) {
    return refuse("signature_malformed", "Reference");
  }
  const uri = token(reference, "URI") ?? refuse("signature_reference_mismatch", "no URI");
  return {
    uri,
    digestAlgorithm: token(method, "Algorithm") ?? refuse("signature_malformed", "DigestMethod"),
    digest: decodeBase64(textOf(value), "signature_malformed"),
    prefixes: readTransforms(transforms, hasComments),
  };
}

/** Exactly enveloped-signature, then exclusive C14N: any other could change what the digest covers. */
function readTransforms(transforms: XmlElement, hasComments: boolean): readonly string[] {
  const algorithms = transforms.children.map((child) =>
    is(child, NS.signature, "Transform") ? token(child, "Algorithm") : child.name,
  );
  const [enveloped, exclusive] = transforms.children;
  if (
    algorithms.length !== 2 ||
    algorithms[0] !== TRANSFORM.envelopedSignature ||
    !isExclusiveC14n(algorithms[1], hasComments) ||
    enveloped === undefined ||
    enveloped.children.length > 0 ||
    exclusive === undefined
  ) {
    return refuse("signature_transform", algorithms.join(", "));
  }
  return inclusivePrefixes(exclusive);
}

/** "With comments" is the same where there are none; in metadata, which may have some, it is not. */
function isExclusiveC14n(algorithm: string | undefined, hasComments: boolean): boolean {
  return (
    algorithm === TRANSFORM.exclusiveC14n ||
    (algorithm === TRANSFORM.exclusiveC14nWithComments && !hasComments)
  );
}

/** C14N looks each prefix up at each element, for whoever posts, before anything is verified. */
const MAX_PREFIXES = 32;

/** The prefix list of exclusive C14N (XML Exclusive C14N §4), the only parameter that is understood. */
function inclusivePrefixes(algorithm: XmlElement): readonly string[] {
  const [parameter, ...rest] = algorithm.children;
  if (parameter === undefined) {
    return [];
  }
  if (
    rest.length > 0 ||
    !is(parameter, NS.exclusiveC14n, "InclusiveNamespaces") ||
    parameter.children.length > 0
  ) {
    return refuse("signature_transform", `${parameter.name} in ${algorithm.name}`);
  }
  const prefixes = requiredAttribute(parameter, "PrefixList")
    .split(/\s+/)
    .filter((prefix) => prefix !== "");
  if (prefixes.length > MAX_PREFIXES) {
    refuse("signature_transform", `${prefixes.length} inclusive prefixes`);
  }
  return prefixes;
}
