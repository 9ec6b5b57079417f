import { createHash, type KeyObject, sign } from "node:crypto";
import { DEFAULT_LIMITS } from "../limits.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import { type OpenDocument, withDocument } from "../xml/document.ts";
import { attribute, descendants, requiredAttribute } from "../xml/element.ts";
import { NS, TRANSFORM } from "../xml/names.ts";
import { RSA_SHA256, SHA256 } from "./algorithms.ts";

/** Who signs, and how. The algorithms are free, because tests sign what a validator has to refuse. */
export interface Signer {
  readonly privateKey: KeyObject;
  /** PEM; goes into KeyInfo. */
  readonly certificate: string;
  /** URI; RSA-SHA256 by default. */
  readonly signatureAlgorithm?: string;
  /** URI; SHA-256 by default. */
  readonly digestAlgorithm?: string;
  /** URI; exclusive C14N by default. */
  readonly canonicalization?: string;
  /** PrefixList of exclusive C14N for the signed element. */
  readonly inclusivePrefixes?: string;
  /** Namespace prefix of the signature; "ds" by default, "" as Microsoft writes it. */
  readonly prefix?: "ds" | "";
}

/** Nothing that we make ourselves is held to what we accept. */
const GENEROUS = {
  limits: { ...DEFAULT_LIMITS, maxBytes: 16 * 1024 * 1024, maxDepth: 200, maxNodes: 1_000_000 },
  skipComments: true,
};

/** The hash that an algorithm URI ends in: rsa-sha256, ecdsa-sha384, sha1 ... */
function hashOf(uri: string): string {
  return /sha\d+$/.exec(uri)?.[0] ?? "sha256";
}

/** Base64 signature over `bytes`; an ECDSA one as XML-DSig writes it, r||s (RFC 4050 §3.3). */
export function signBytes(bytes: Buffer, { privateKey, signatureAlgorithm = RSA_SHA256 }: Signer): string {
  const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
  return sign(hashOf(signatureAlgorithm), bytes, key).toString("base64");
}

/** Base64 digest of the exclusive C14N of the element with that ID. */
export function digestOf(
  xml: string,
  id: string,
  algorithm = SHA256,
  prefixes: readonly string[] = [],
): string {
  return withDocument(Buffer.from(xml), GENEROUS, (document) => {
    const element = descendants(document.root).find((each) => attribute(each, "ID") === id);
    if (element === undefined) {
      throw new RangeError(`no element with ID ${id}`);
    }
    return digest(document, element, algorithm, prefixes);
  });
}

function digest(
  document: OpenDocument,
  element: XmlElement,
  algorithm = SHA256,
  prefixes: readonly string[] = [],
): string {
  return createHash(hashOf(algorithm)).update(document.canonicalize(element, prefixes)).digest("base64");
}

/** Signs the root of a message, as `signElement` does. */
export function signRoot(xml: string, signer: Signer): string {
  const id = withDocument(Buffer.from(xml), GENEROUS, ({ root }) => requiredAttribute(root, "ID"));
  return signElement(xml, id, signer);
}

/**
 * Signs the element with that ID and puts the enveloped signature behind its Issuer, where the SAML schema
 * wants it. The element must not have a signature yet.
 */
export function signElement(xml: string, id: string, signer: Signer): string {
  const prefixes = signer.inclusivePrefixes?.split(" ") ?? [];
  const digest = digestOf(xml, id, signer.digestAlgorithm, prefixes);
  return insertAfterIssuer(xml, id, signatureXml(signedInfoXml(id, digest, signer), signer));
}

/** SignedInfo, written in its canonical form: so it can be signed as it stands. */
export function signedInfoXml(id: string, digest: string, signer: Signer): string {
  const inclusive =
    signer.inclusivePrefixes === undefined
      ? ""
      : `<ec:InclusiveNamespaces xmlns:ec="${NS.exclusiveC14n}" PrefixList="${signer.inclusivePrefixes}"></ec:InclusiveNamespaces>`;
  const { canonicalization = TRANSFORM.exclusiveC14n } = signer;
  const xml = [
    `<ds:SignedInfo xmlns:ds="${NS.signature}">`,
    `<ds:CanonicalizationMethod Algorithm="${canonicalization}"></ds:CanonicalizationMethod>`,
    `<ds:SignatureMethod Algorithm="${signer.signatureAlgorithm ?? RSA_SHA256}"></ds:SignatureMethod>`,
    `<ds:Reference URI="#${id}"><ds:Transforms>`,
    `<ds:Transform Algorithm="${TRANSFORM.envelopedSignature}"></ds:Transform>`,
    `<ds:Transform Algorithm="${canonicalization}">${inclusive}</ds:Transform></ds:Transforms>`,
    `<ds:DigestMethod Algorithm="${signer.digestAlgorithm ?? SHA256}"></ds:DigestMethod>`,
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`,
  ].join("");
  return prefixed(xml, signer);
}

function prefixed(xml: string, { prefix = "ds" }: Signer): string {
  return prefix === "ds" ? xml : xml.replaceAll("xmlns:ds=", "xmlns=").replaceAll(/(<\/?)ds:/g, "$1");
}

/** A ds:Signature around `signedInfo`, which has to be in canonical form. */
export function signatureXml(signedInfo: string, signer: Signer): string {
  const value = signBytes(Buffer.from(signedInfo), signer);
  const [open, close] = [`<ds:Signature xmlns:ds="${NS.signature}">`, "</ds:Signature>"];
  const rest = `<ds:SignatureValue>${value}</ds:SignatureValue>${keyInfoXml(signer.certificate)}${close}`;
  return prefixed(open, signer) + signedInfo + prefixed(rest, signer);
}

/** A ds:KeyInfo with the certificate (PEM). */
export function keyInfoXml(certificate: string): string {
  return `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificateBase64(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`;
}

/** PEM without its lines, as XML carries it. */
export function certificateBase64(pem: string): string {
  return pem.replace(/-----[A-Z ]+-----|\s+/g, "");
}

/** Puts a signature behind the Issuer of the element of this ID, as the schema orders them. Throws RangeError without one. */
export function insertAfterIssuer(xml: string, id: string, signature: string): string {
  const at = xml.indexOf(`ID="${id}"`);
  const issuer = /<\/(?:\w+:)?Issuer>/g;
  issuer.lastIndex = at;
  if (at === -1 || issuer.exec(xml) === null) {
    throw new RangeError(`no Issuer inside ${id}`);
  }
  return xml.slice(0, issuer.lastIndex) + signature + xml.slice(issuer.lastIndex);
}
