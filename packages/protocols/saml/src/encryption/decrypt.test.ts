import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createScenario, createTestIdp } from "../testing/index.ts";

const scenario = createScenario();
const recipient = scenario.encryptionCertificate;

describe("an encrypted assertion", () => {
  it.each(["aes128-gcm", "aes192-gcm", "aes256-gcm", "aes128-cbc", "aes192-cbc", "aes256-cbc"] as const)(
    "is decrypted from %s",
    (content) => {
      const response = scenario.respond({ encryptFor: { recipient, content } });
      expect(scenario.validate(response)).toMatchObject({
        ok: true,
        assertion: {
          encrypted: true,
          subject: { nameId: "jo@example.test" },
          signedBy: { covered: "assertion" },
        },
      });
    },
  );

  it.each(["sha1", "sha256", "sha512"] as const)("is decrypted with RSA-OAEP and %s", (oaep) => {
    expect(scenario.validate(scenario.respond({ encryptFor: { recipient, oaep } }))).toMatchObject({
      ok: true,
    });
  });

  it("is found when its key stands beside it", () => {
    const response = scenario.respond({ encryptFor: { recipient, keyBeside: true } });
    expect(scenario.validate(response)).toMatchObject({ ok: true });
  });

  it("is decrypted by the older of two keys during rotation", () => {
    const newer = createScenario().decryptionKey;
    const decryptionKeys = [newer, scenario.decryptionKey];
    const response = scenario.respond({ encryptFor: { recipient } });
    expect(scenario.validate(response, { decryptionKeys })).toMatchObject({
      ok: true,
      assertion: { encrypted: true, decryptedBy: 1 },
    });
    const parsed = decryptionKeys.map((pem) => createPrivateKey(pem)).toReversed();
    expect(scenario.validate(response, { decryptionKeys: parsed })).toMatchObject({
      ok: true,
      assertion: { decryptedBy: 0 },
    });
  });

  it("needs no signature of its own inside a signed response", () => {
    const response = scenario.respond({ encryptFor: { recipient }, sign: "response" });
    const result = scenario.validate(response);
    expect(result).toMatchObject({
      ok: true,
      assertion: { encrypted: true, signedBy: { covered: "response" } },
    });
    expect(result.ok && result.assertion.xml).toMatch(/^<saml:Assertion /);
  });

  it("must verify its own signature even inside a signed response", () => {
    const stranger = createTestIdp({ entityId: scenario.idp.entityId });
    const assertionBy = stranger.responseXml({ ...scenario.login, encryptFor: { recipient } });
    const [encrypted] = /<saml:EncryptedAssertion.*<\/saml:EncryptedAssertion>/.exec(assertionBy) ?? [];
    const response = scenario.respond({
      sign: "response",
      editResponse: (xml) => xml.replace(/<saml:Assertion .*<\/saml:Assertion>/, encrypted ?? ""),
    });
    expect(scenario.validate(response)).toMatchObject({ ok: false, code: "signature_invalid" });
  });

  it.each([
    ["EncryptedAssertion", /(<saml:EncryptedAssertion[^>]*>)/],
    ["EncryptedData", /(<xenc:EncryptedData[^>]*>)/],
    ["CipherData", /(<xenc:CipherData>)/],
  ])("is refused with something unknown in its %s", (_, place) => {
    const editResponse = (xml: string) => xml.replace(place, '$1<x xmlns="urn:x"/>');
    expect(scenario.validate(scenario.respond({ encryptFor: { recipient }, editResponse }))).toMatchObject({
      ok: false,
      code: "encryption_malformed",
    });
  });

  it("answers alike to tampered cipher text, bad padding and bad XML", () => {
    const refusals = ["aes256-gcm", "aes256-cbc"].flatMap((content) =>
      [20, 40, 60].map((offset) => {
        const response = scenario.respond({
          encryptFor: { recipient, content: content as "aes256-gcm" },
          editResponse: (xml) => flipCipherText(xml, offset),
        });
        return scenario.validate(response);
      }),
    );
    const [first] = refusals;
    expect(first).toMatchObject({ ok: false, code: "decryption_failed" });
    expect(refusals.every((each) => JSON.stringify(each) === JSON.stringify(first))).toBe(true);
  });
});

/** Changes one byte of the content's cipher text (the last CipherValue), counted from its start. */
function flipCipherText(xml: string, offset: number): string {
  return xml.replace(/(.*<xenc:CipherValue>)([^<]+)/, (_, before: string, text: string) => {
    const bytes = Buffer.from(text, "base64");
    bytes.writeUInt8(bytes.readUInt8(offset) ^ 0x80, offset);
    return before + bytes.toString("base64");
  });
}
