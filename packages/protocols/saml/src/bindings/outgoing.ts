import { type KeyObject, sign } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { SignedXml } from "xml-crypto";

const RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
const ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#";

/** A message of ours to an IdP, not signed yet. */
export interface OutgoingMessage {
  readonly parameter: "SAMLRequest" | "SAMLResponse";
  readonly xml: string;
  readonly destination: string;
  readonly relayState: string | undefined;
}

/** A key pair of ours; `certificate` in PEM. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly certificate: string;
}

/**
 * HTTP-Redirect (SAML bindings 3.4.4.1): the signature covers the octets of the query as they are sent, so they are
 * put together here once, signed, and never touched again.
 */
export function redirectUrl(message: OutgoingMessage, key: SigningKey | null): string {
  const query = [
    `${message.parameter}=${encode(deflateRawSync(message.xml).toString("base64"))}`,
    ...(message.relayState === undefined ? [] : [`RelayState=${encode(message.relayState)}`]),
  ].join("&");
  const url = new URL(message.destination);
  url.hash = "";
  return `${url.href}${url.search === "" ? "?" : "&"}${key === null ? query : signQuery(query, key)}`;
}

function signQuery(query: string, { privateKey }: SigningKey): string {
  const signed = `${query}&SigAlg=${encode(RSA_SHA256)}`;
  const signature = sign("sha256", Buffer.from(signed), privateKey).toString("base64");
  return `${signed}&Signature=${encode(signature)}`;
}

// encodeURIComponent leaves an apostrophe, which a browser encodes when it follows the redirect.
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
}

/** HTTP-POST (SAML bindings 3.5.4): the signature stands in the message, behind its issuer. */
export function formFields(message: OutgoingMessage, key: SigningKey | null): Record<string, string> {
  const xml = key === null ? message.xml : signXml(message.xml, key);
  return {
    [message.parameter]: Buffer.from(xml).toString("base64"),
    ...(message.relayState === undefined ? {} : { RelayState: message.relayState }),
  };
}

function signXml(xml: string, { privateKey, certificate }: SigningKey): string {
  const signer = new SignedXml({
    privateKey,
    publicCert: certificate,
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXCLUSIVE_C14N,
  });
  signer.addReference({ xpath: "/*", transforms: [ENVELOPED, EXCLUSIVE_C14N], digestAlgorithm: SHA256 });
  signer.computeSignature(xml, {
    prefix: "ds",
    location: { reference: "/*/*[local-name(.)='Issuer']", action: "after" },
  });
  return signer.getSignedXml();
}
