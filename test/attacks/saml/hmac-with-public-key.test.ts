/**
 * HMAC keyed with the public certificate: the attacker names a symmetric algorithm, and the verifier uses the
 * public key, which everybody has, as the secret.
 * GHSA-c27r-x354-4m68 (xml-crypto: key confusion with HMAC-SHA1).
 */

import { createHmac } from "node:crypto";
import {
  createScenario,
  digestOf,
  fromFormValue,
  insertAfterIssuer,
  keyInfoXml,
  signedInfoXml,
  toFormValue,
} from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const { certificate, signer } = scenario.idp;
const forged = fromFormValue(scenario.respond({ sign: "none", nameId: "admin@example.test" }));

it("accepts the IdP's own signature", () => {
  expect(scenario.validate(scenario.respond())).toMatchObject({ ok: true });
});

it.each([
  ["http://www.w3.org/2000/09/xmldsig#hmac-sha1", "sha1"],
  ["http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "sha256"],
  ["http://www.w3.org/2001/04/xmldsig-more#hmac-sha512", "sha512"],
])("refuses %s", (signatureAlgorithm, hash) => {
  const info = signedInfoXml("_assertion", digestOf(forged, "_assertion"), { ...signer, signatureAlgorithm });
  const value = createHmac(hash, certificate).update(info).digest("base64");
  const signature = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${info}<ds:SignatureValue>${value}</ds:SignatureValue>${keyInfoXml(certificate)}</ds:Signature>`;
  const response = toFormValue(insertAfterIssuer(forged, "_assertion", signature));
  const result = scenario.validate(response, { allowSha1: true });
  expect(result).toMatchObject({ ok: false, code: "signature_algorithm", detail: signatureAlgorithm });
});
