import { sign } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { Response } from "express";
import { SignedXml } from "xml-crypto";
import { sendAutoPost, sendOn } from "../../pages/index.ts";
import type { ConnectionKey } from "../connection-keys.ts";
import type { LogoutMessage } from "./messages.ts";

const RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
const ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#";

/** Signs a message and has the browser take it to the IdP. */
export function sendToIdp(
  res: Response,
  binding: "redirect" | "post",
  message: LogoutMessage,
  key: ConnectionKey,
): void {
  if (binding === "redirect") sendOn(res, redirectUrl(message, key));
  else sendAutoPost(res, message.destination, formFields(message, key), "sign-out");
}

/**
 * HTTP-Redirect (SAML bindings 3.4.4.1): the signature covers the octets of the query as they are sent, so they are
 * put together here once, signed, and never touched again.
 */
export function redirectUrl(message: LogoutMessage, key: ConnectionKey): string {
  const signed = [
    `${message.parameter}=${encode(deflateRawSync(message.xml).toString("base64"))}`,
    ...(message.relayState === undefined ? [] : [`RelayState=${encode(message.relayState)}`]),
    `SigAlg=${encode(RSA_SHA256)}`,
  ].join("&");
  const signature = sign("sha256", Buffer.from(signed), key.privateKey).toString("base64");
  const url = new URL(message.destination);
  url.hash = "";
  return `${url.href}${url.search === "" ? "?" : "&"}${signed}&Signature=${encode(signature)}`;
}

// encodeURIComponent leaves an apostrophe, which a browser encodes when it follows the redirect.
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
}

/** HTTP-POST (SAML bindings 3.5.4): the signature stands in the message, behind its issuer. */
export function formFields(message: LogoutMessage, key: ConnectionKey): Record<string, string> {
  const signer = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXCLUSIVE_C14N,
  });
  signer.addReference({ xpath: "/*", transforms: [ENVELOPED, EXCLUSIVE_C14N], digestAlgorithm: SHA256 });
  signer.computeSignature(message.xml, {
    prefix: "ds",
    location: { reference: "/*/*[local-name(.)='Issuer']", action: "after" },
  });
  return {
    [message.parameter]: Buffer.from(signer.getSignedXml()).toString("base64"),
    ...(message.relayState === undefined ? {} : { RelayState: message.relayState }),
  };
}
