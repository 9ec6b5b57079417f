/**
 * Decoding of the HTTP-Redirect binding: what is verified must be what is read.
 * CVE-2026-117691 (decoding); CVE-2025-27773 (SimpleSAMLphp: the signature of one parameter vouched for another);
 * CVE-2026-18217 (Keycloak: parameters by encoded names, parameter pollution).
 */

import { sign } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { openRedirectMessage } from "@sallyport/saml";
import { createTestIdp } from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const idp = createTestIdp();
const certificates = [idp.certificate];
const SIG_ALG = encodeURIComponent("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
const encode = (xml: string) => encodeURIComponent(deflateRawSync(xml).toString("base64"));
const honest = encode('<LogoutRequest xmlns="urn:oasis:names:tc:SAML:2.0:protocol" ID="_honest"/>');
const forged = encode('<LogoutRequest xmlns="urn:oasis:names:tc:SAML:2.0:protocol" ID="_forged"/>');

const signed = `SAMLRequest=${honest}&RelayState=a&SigAlg=${SIG_ALG}`;
const signature = encodeURIComponent(sign("sha256", Buffer.from(signed), idp.privateKey).toString("base64"));
const query = `${signed}&Signature=${signature}`;

it("opens the query as the IdP signed it", () => {
  expect(openRedirectMessage(query, { certificates })).toMatchObject({
    ok: true,
    signatureVerified: true,
    relayState: "a",
  });
});

it.each([
  ["the message twice, forged last", `${query}&SAMLRequest=${forged}`, "redirect_malformed"],
  ["the message twice, forged first", `SAMLRequest=${forged}&${query}`, "redirect_malformed"],
  ["a forged one under an encoded name", `${query}&SAMLReques%74=${forged}`, "redirect_malformed"],
  ["a forged one under the other kind's name", `${query}&SAMLResponse=${forged}`, "redirect_malformed"],
  ["a forged one in its place", query.replace(honest, forged), "redirect_signature_invalid"],
  [
    "a name that contains the right one",
    query.replace("SAMLRequest=", "xSAMLRequest="),
    "redirect_malformed",
  ],
  ["the relay state replaced", query.replace("RelayState=a", "RelayState=b"), "redirect_signature_invalid"],
  ["the relay state removed", query.replace("&RelayState=a", ""), "redirect_signature_invalid"],
  ["the signature removed", signed, "redirect_signature_missing"],
  [
    "another algorithm",
    query.replace(SIG_ALG, encodeURIComponent("http://www.w3.org/2000/09/xmldsig#rsa-sha1")),
    "signature_sha1",
  ],
])("refuses %s", (_, tampered, code) => {
  expect(openRedirectMessage(tampered, { certificates })).toMatchObject({ ok: false, code });
});
