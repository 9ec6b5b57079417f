import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  createScenario,
  createTestIdp,
  encryptAssertion,
  fromFormValue,
  type Oaep,
  signElement,
  toFormValue,
} from "../testing/index.ts";

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

  it.each<[string, Oaep]>([
    ["rsa-oaep-mgf1p with a SHA-256 digest", { algorithm: "rsa-oaep-mgf1p", digest: "sha256" }],
    ["rsa-oaep-mgf1p with a SHA-512 digest", { algorithm: "rsa-oaep-mgf1p", digest: "sha512" }],
    [
      "rsa-oaep-mgf1p of a library that masks by the digest's hash",
      { algorithm: "rsa-oaep-mgf1p", digest: "sha256", mask: "sha256" },
    ],
    [
      "rsa-oaep-mgf1p with an MGF, which has no meaning there",
      { algorithm: "rsa-oaep-mgf1p", mgf: "sha256" },
    ],
    ["rsa-oaep with nothing said", { algorithm: "rsa-oaep" }],
    ["rsa-oaep with a digest and no MGF", { algorithm: "rsa-oaep", digest: "sha256" }],
    ["rsa-oaep with an MGF and no digest", { algorithm: "rsa-oaep", mgf: "sha256" }],
    ["rsa-oaep with two different hashes", { algorithm: "rsa-oaep", digest: "sha512", mgf: "sha384" }],
    ["a label", { algorithm: "rsa-oaep-mgf1p", label: "for you" }],
    [
      "a label and two different hashes",
      { algorithm: "rsa-oaep", digest: "sha256", mgf: "sha1", label: "for you" },
    ],
  ])("is decrypted by %s", (_, oaep) => {
    const encryptFor = { recipient, oaep };
    expect(scenario.validate(scenario.respond({ encryptFor }))).toMatchObject({ ok: true });
    const forAnother = { recipient: scenario.idp.certificate, oaep };
    expect(scenario.validate(scenario.respond({ encryptFor: forAnother }))).toMatchObject({
      ok: false,
      code: "decryption_failed",
    });
  });

  it("is not decrypted by other hashes or another label than it says", () => {
    const wrong = (oaep: Oaep, [from, to]: readonly [string, string]) =>
      scenario.validate(
        scenario.respond({
          encryptFor: { recipient, oaep },
          editResponse: (xml) => xml.replace(from, to),
        }),
      );
    const oaep = { algorithm: "rsa-oaep", digest: "sha256", mgf: "sha1", label: "for you" } as const;
    for (const change of [
      ["mgf1sha1", "mgf1sha256"],
      ["xmlenc#sha256", "xmlenc#sha512"],
      [Buffer.from("for you").toString("base64"), Buffer.from("for me").toString("base64")],
    ] as const) {
      expect(wrong(oaep, change)).toMatchObject({ ok: false, code: "decryption_failed" });
    }
    expect(wrong(oaep, ["mgf1sha1", "mgf1md5"])).toMatchObject({ code: "encryption_algorithm" });
    expect(wrong(oaep, ["xmlenc11#rsa-oaep", "xmlenc#rsa-1_5"])).toMatchObject({
      code: "encryption_algorithm",
    });
  });

  it("is found whatever else KeyInfo hints at", () => {
    const hints =
      '<ds:KeyName>ours</ds:KeyName><ds:RetrievalMethod URI="#_key" Type="http://www.w3.org/2001/04/xmlenc#EncryptedKey"/>' +
      "<ds:MgmtData>x</ds:MgmtData><ds:X509Data><ds:X509CRL/></ds:X509Data>" +
      '<wsse:SecurityTokenReference xmlns:wsse="urn:wsse"><wsse:KeyIdentifier/></wsse:SecurityTokenReference>';
    for (const keyBeside of [false, true]) {
      const response = scenario.respond({ encryptFor: { recipient, hints, keyBeside } });
      expect(scenario.validate(response)).toMatchObject({ ok: true });
    }
  });

  it("is not looked for a key elsewhere than in or beside it", () => {
    const elsewhere = (xml: string) =>
      xml.replace(
        /(<ds:KeyInfo[^>]*>)(<xenc:EncryptedKey.*<\/xenc:EncryptedKey>)/,
        '$1<hidden xmlns="urn:x">$2</hidden>',
      );
    expect(
      scenario.validate(scenario.respond({ encryptFor: { recipient }, editResponse: elsewhere })),
    ).toMatchObject({ ok: false, code: "encryption_malformed" });
  });

  describe("whose namespaces are declared on the response", () => {
    const typed = '<saml:AttributeValue xsi:type="xs:string">jo@example.test</saml:AttributeValue>';
    const plainValue = "<saml:AttributeValue>jo@example.test</saml:AttributeValue>";
    const SAML = ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"';
    const TYPES =
      ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

    /** Signed where they are declared, then cut out and encrypted, as XML-Enc has it. */
    function respond(declarations: string, sign: "assertion" | "response", removed: string): string {
      const plain = scenario.idp.responseXml({
        ...scenario.login,
        sign: "none",
        editAssertion: (xml) => xml.replace(plainValue, typed).replace(SAML, removed === SAML ? "" : SAML),
        editResponse: (xml) => xml.replace("<samlp:Response", `<samlp:Response${declarations}`),
      });
      const signed = sign === "assertion" ? signElement(plain, "_assertion", scenario.idp.signer) : plain;
      const encrypted = signed.replace(/<saml:Assertion .*<\/saml:Assertion>/, (assertion) =>
        encryptAssertion(assertion, { recipient }),
      );
      return toFormValue(
        sign === "response" ? signElement(encrypted, "_response", scenario.idp.signer) : encrypted,
      );
    }

    it.each(["assertion", "response"] as const)("is read in their scope, signed over: %s", (sign) => {
      for (const removed of ["", SAML]) {
        const response = respond(SAML + TYPES, sign, removed);
        expect(scenario.validate(response)).toMatchObject({
          ok: true,
          assertion: {
            subject: { nameId: "jo@example.test" },
            attributes: [{ values: ["jo@example.test"] }, {}],
          },
        });
      }
    });

    it("is refused where nobody declares them", () => {
      expect(scenario.validate(respond(SAML, "response", ""))).toMatchObject({ code: "decryption_failed" });
    });

    it("cannot be given another meaning by whoever changes a declaration that no signature covers", () => {
      const swap = (response: string) =>
        toFormValue(fromFormValue(response).replace("http://www.w3.org/2001/XMLSchema-instance", "urn:evil"));
      // Covered through the assertion's own digest; else not taken at all.
      expect(scenario.validate(swap(respond(SAML + TYPES, "assertion", "")))).toMatchObject({
        code: "digest_mismatch",
      });
      expect(scenario.validate(swap(respond(SAML + TYPES, "response", "")))).toMatchObject({
        code: "decryption_failed",
      });
    });
  });

  it.each([
    ["two elements", (xml: string) => `${xml}<x/>`],
    ["text before it", (xml: string) => `x${xml}`],
    ["the end of what is around it", (xml: string) => `</context><context>${xml}`],
    ["a document type", (xml: string) => `<!DOCTYPE x>${xml}`],
  ])("is refused where the plain text is %s", (_, edit) => {
    const xml = scenario.idp.responseXml({ ...scenario.login, sign: "assertion" });
    const encrypted = xml.replace(/<saml:Assertion .*<\/saml:Assertion>/, (assertion) =>
      encryptAssertion(edit(assertion), { recipient }),
    );
    expect(scenario.validate(toFormValue(encrypted))).toMatchObject({ ok: false, code: "decryption_failed" });
  });

  it("may have an XML declaration in its plain text", () => {
    const xml = scenario.idp.responseXml({ ...scenario.login, sign: "assertion" });
    const encrypted = xml.replace(/<saml:Assertion .*<\/saml:Assertion>/, (assertion) =>
      encryptAssertion(`<?xml version="1.0" encoding="UTF-8"?>\n${assertion}`, { recipient }),
    );
    expect(scenario.validate(toFormValue(encrypted))).toMatchObject({ ok: true });
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
