import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SignedXml } from "xml-crypto";
import { createScenario, fromFormValue, newRsaKey, type Signer, toFormValue } from "../testing/index.ts";
import { selfSignedCertificate } from "./self-signed.ts";

const scenario = createScenario();
const MORE = "http://www.w3.org/2001/04/xmldsig-more#";
const ENC = "http://www.w3.org/2001/04/xmlenc#";
const LONG_AGO = { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2044-01-01T00:00:00Z") };

function signerOf(privateKey: Signer["privateKey"], dates = LONG_AGO): Signer {
  return { privateKey, certificate: selfSignedCertificate({ privateKey, commonName: "idp", ...dates }) };
}

describe("signature algorithms", () => {
  it.each([
    [`${MORE}rsa-sha256`, `${ENC}sha256`],
    [`${MORE}rsa-sha384`, `${MORE}sha384`],
    [`${MORE}rsa-sha512`, `${ENC}sha512`],
  ])("accepts %s with %s", (signatureAlgorithm, digestAlgorithm) => {
    const response = scenario.respond({ signer: { signatureAlgorithm, digestAlgorithm } });
    expect(scenario.validate(response)).toMatchObject({
      ok: true,
      warnings: [],
      assertion: { signedBy: { algorithm: signatureAlgorithm } },
    });
  });

  it.each([
    ["P-256", `${MORE}ecdsa-sha256`],
    ["P-384", `${MORE}ecdsa-sha384`],
  ])("accepts %s keys with %s", (namedCurve, signatureAlgorithm) => {
    const signer = signerOf(generateKeyPairSync("ec", { namedCurve }).privateKey);
    const response = scenario.respond({ signer: { ...signer, signatureAlgorithm } });
    expect(scenario.validate(response, { certificates: [signer.certificate] })).toMatchObject({ ok: true });
  });

  it("accepts SHA-1 only where allowed, and warns", () => {
    const signer = {
      signatureAlgorithm: "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
      digestAlgorithm: "http://www.w3.org/2000/09/xmldsig#sha1",
    };
    const response = scenario.respond({ signer, sign: "both" });
    expect(scenario.validate(response)).toMatchObject({ ok: false, code: "signature_sha1" });
    expect(scenario.validate(response, { allowSha1: true })).toMatchObject({
      ok: true,
      warnings: [{ code: "sha1" }],
    });
  });

  it("refuses a SHA-1 digest under a SHA-256 signature", () => {
    const signer = { digestAlgorithm: "http://www.w3.org/2000/09/xmldsig#sha1" };
    expect(scenario.validate(scenario.respond({ signer }))).toMatchObject({
      ok: false,
      code: "signature_sha1",
    });
  });
});

describe("certificates", () => {
  it("tries every certificate of the connection", () => {
    const { certificate } = signerOf(newRsaKey());
    const certificates = [certificate, scenario.idp.certificate];
    expect(scenario.validate(scenario.respond(), { certificates })).toMatchObject({ ok: true });
    expect(scenario.validate(scenario.respond(), { certificates: [certificate] })).toMatchObject({
      ok: false,
      code: "signature_invalid",
    });
  });

  it("warns of one that has expired", () => {
    const signer = signerOf(newRsaKey(), { ...LONG_AGO, notAfter: scenario.now });
    const result = scenario.validate(scenario.respond({ signer }), { certificates: [signer.certificate] });
    expect(result).toMatchObject({ ok: true, warnings: [{ code: "certificate_expired" }] });
  });

  it("warns of a key below 2,048 bits", () => {
    const signer = signerOf(newRsaKey(1024));
    const result = scenario.validate(scenario.respond({ signer }), { certificates: [signer.certificate] });
    expect(result).toMatchObject({ ok: true, warnings: [{ code: "certificate_weak_key" }] });
  });
});

describe("canonicalization", () => {
  it("follows an inclusive prefix list", () => {
    const withXs = (xml: string) =>
      xml
        .replace("<saml:Assertion ", '<saml:Assertion xmlns:xs="http://www.w3.org/2001/XMLSchema" ')
        .replace(
          "<saml:AttributeValue>",
          '<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">',
        );
    const response = scenario.respond({ editAssertion: withXs, signer: { inclusivePrefixes: "xs" } });
    const result = scenario.validate(response);
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.assertion.xml).toContain('xmlns:xs="http://www.w3.org/2001/XMLSchema"');
  });

  it("keeps characters that take several bytes, in values longer than any buffer", () => {
    const long = "Zoë 🗝 Łukasz ".repeat(2_000);
    const result = scenario.validate(scenario.respond({ attributes: { long }, sign: "both" }));
    expect(result).toMatchObject({ ok: true, assertion: { attributes: [{ name: "long", values: [long] }] } });
  });

  it("agrees with xml-crypto, which signs here", () => {
    const signed = new SignedXml({
      privateKey: scenario.idp.privateKey.export({ type: "pkcs8", format: "pem" }),
      canonicalizationAlgorithm: "http://www.w3.org/2001/10/xml-exc-c14n#",
      signatureAlgorithm: `${MORE}rsa-sha256`,
    });
    signed.addReference({
      xpath: "//*[local-name(.)='Assertion']",
      transforms: [
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
      ],
      digestAlgorithm: `${ENC}sha256`,
    });
    const location = {
      reference: "//*[local-name(.)='Assertion']/*[local-name(.)='Issuer']",
      action: "after",
    } as const;
    signed.computeSignature(fromFormValue(scenario.respond({ sign: "none" })), { prefix: "ds", location });
    expect(scenario.validate(toFormValue(signed.getSignedXml()))).toMatchObject({ ok: true });
  });
});
