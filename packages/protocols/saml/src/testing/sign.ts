import { createHash, type KeyObject, sign } from "node:crypto";
import { DEFAULT_LIMITS } from "../limits.ts";
import { RSA_SHA256, SHA256 } from "../signature/algorithms.ts";
import { withDocument } from "../xml/document.ts";
import { attribute, descendants } from "../xml/element.ts";
import { NS, TRANSFORM } from "../xml/names.ts";

/** Who signs, and how. Also does what a validator has to refuse, hence the free algorithm URIs. */
export interface Signer {
  readonly privateKey: KeyObject;
  /** PEM; goes into KeyInfo. */
  readonly certificate: string;
  /** URI; RSA-SHA256 by default. */
  readonly signatureAlgorithm?: string;
  /** URI; SHA-256 by default. */
  readonly digestAlgorithm?: string;
  /** PrefixList of exclusive C14N for the signed element. */
  readonly inclusivePrefixes?: string;
  /** Namespace prefix of the signature; "ds" by default, "" as Microsoft writes it. */
  readonly prefix?: "ds" | "";
}

const GENEROUS = {
  limits: { ...DEFAULT_LIMITS, maxBytes: 16 * 1024 * 1024, maxDepth: 200, maxNodes: 1_000_000 },
  skipComments: true,
};

/** The hash that an algorithm URI ends in: rsa-sha256, ecdsa-sha384, sha1 ... */
function hashOf(uri: string): string {
  return /sha\d+$/.exec(uri)?.[0] ?? "sha256";
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
    return createHash(hashOf(algorithm)).update(document.canonicalize(element, prefixes)).digest("base64");
  });
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
  const xml = [
    `<ds:SignedInfo xmlns:ds="${NS.signature}">`,
    `<ds:CanonicalizationMethod Algorithm="${TRANSFORM.exclusiveC14n}"></ds:CanonicalizationMethod>`,
    `<ds:SignatureMethod Algorithm="${signer.signatureAlgorithm ?? RSA_SHA256}"></ds:SignatureMethod>`,
    `<ds:Reference URI="#${id}"><ds:Transforms>`,
    `<ds:Transform Algorithm="${TRANSFORM.envelopedSignature}"></ds:Transform>`,
    `<ds:Transform Algorithm="${TRANSFORM.exclusiveC14n}">${inclusive}</ds:Transform></ds:Transforms>`,
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
  const hash = hashOf(signer.signatureAlgorithm ?? RSA_SHA256);
  const key = { key: signer.privateKey, dsaEncoding: "ieee-p1363" } as const;
  const value = sign(hash, Buffer.from(signedInfo), key).toString("base64");
  const [open, close] = [`<ds:Signature xmlns:ds="${NS.signature}">`, "</ds:Signature>"];
  const rest = `<ds:SignatureValue>${value}</ds:SignatureValue>${keyInfoXml(signer.certificate)}${close}`;
  return prefixed(open, signer) + signedInfo + prefixed(rest, signer);
}

export function keyInfoXml(certificate: string): string {
  return `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificateBase64(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`;
}

/** PEM without its lines, as XML carries it. */
export function certificateBase64(pem: string): string {
  return pem.replace(/-----[A-Z ]+-----|\s+/g, "");
}

export function insertAfterIssuer(xml: string, id: string, signature: string): string {
  const at = xml.indexOf(`ID="${id}"`);
  const issuer = /<\/(?:\w+:)?Issuer>/g;
  issuer.lastIndex = at;
  if (at === -1 || issuer.exec(xml) === null) {
    throw new RangeError(`no Issuer inside ${id}`);
  }
  return xml.slice(0, issuer.lastIndex) + signature + xml.slice(issuer.lastIndex);
}
