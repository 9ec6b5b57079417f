/**
 * Algorithm downgrade: weak or absent algorithms named by the message.
 * SHA-1 collisions: Leurent, Peyrin: SHA-1 is a Shambles (2020); RFC 9231 marks them for legacy use only.
 */

import { createScenario, fromFormValue, toFormValue } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";

const scenario = createScenario();
const xml = fromFormValue(scenario.respond());
const withSignature = (uri: string) => xml.replace(/(SignatureMethod Algorithm=)"[^"]+"/, `$1"${uri}"`);

describe("SHA-1", () => {
  const signer = {
    signatureAlgorithm: "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    digestAlgorithm: "http://www.w3.org/2000/09/xmldsig#sha1",
  };

  it("is accepted, with a warning, where an operator allows it", () => {
    const result = scenario.validate(scenario.respond({ signer }), { allowSha1: true });
    expect(result).toMatchObject({ ok: true, warnings: [{ code: "sha1" }] });
  });

  it.each([
    ["signature and digest", signer],
    ["signature", { signatureAlgorithm: signer.signatureAlgorithm }],
    ["digest", { digestAlgorithm: signer.digestAlgorithm }],
  ])("is refused otherwise as %s", (_, changes) => {
    expect(scenario.validate(scenario.respond({ signer: changes }))).toMatchObject({
      ok: false,
      code: "signature_sha1",
    });
  });
});

it("accepts the message that the cases below are made from", () => {
  expect(scenario.validate(toFormValue(xml))).toMatchObject({ ok: true });
});

it.each([
  "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
  "http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160",
  "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
  "http://www.w3.org/2009/xmldsig11#dsa-sha256",
  "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224",
  "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256",
  "rsa-sha256",
  "none",
  "",
])("refuses the signature algorithm %j", (uri) => {
  const result = scenario.validate(toFormValue(withSignature(uri)), { allowSha1: true });
  expect(result).toMatchObject({ ok: false, code: "signature_algorithm" });
});

it("refuses an allowed algorithm that does not fit the key", () => {
  const ecdsa = withSignature("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256");
  expect(scenario.validate(toFormValue(ecdsa))).toMatchObject({ ok: false, code: "signature_invalid" });
});
