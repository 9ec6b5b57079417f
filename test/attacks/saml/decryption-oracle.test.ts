/**
 * Decryption oracles: an answer that tells why decryption failed decrypts for whoever asks often enough.
 * Jager, Somorovsky: How to Break XML Encryption (CCS 2011; AES-CBC); Bleichenbacher (CRYPTO 1998; RSA 1.5).
 */

import { createScenario } from "@sallyport/saml/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  publishedCertificate,
  type SamlSite,
  type SamlTenant,
  startSamlSite,
} from "../../harness/saml-site.ts";
import { answer, letIn, newIdp, signIn } from "./victim.ts";

const scenario = createScenario();
const recipient = scenario.encryptionCertificate;
const CONTENT = /(.*<xenc:CipherValue>)([^<]+)/;

function flip(xml: string, offset: number): string {
  return xml.replace(CONTENT, (_, before: string, text: string) => {
    const bytes = Buffer.from(text, "base64");
    const at = offset < 0 ? bytes.length + offset : offset;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x41, at);
    return before + bytes.toString("base64");
  });
}

const send = (content: "aes256-cbc" | "aes256-gcm", editResponse: (xml: string) => string) =>
  scenario.validate(scenario.respond({ encryptFor: { recipient, content }, editResponse }));

it.each(["aes256-cbc", "aes256-gcm"] as const)("accepts honest %s", (content) => {
  expect(send(content, (xml) => xml)).toMatchObject({ ok: true });
});

it("answers alike, to the letter, whether padding, characters, XML or the tag broke", () => {
  const answers = [
    send("aes256-cbc", (xml) => flip(xml, -17)), // padding length
    send("aes256-cbc", (xml) => flip(xml, 0)), // first character, through the IV: no longer XML
    send("aes256-cbc", (xml) => flip(xml, 40)), // one block becomes noise: no longer UTF-8
    send("aes256-cbc", (xml) => xml.replace(CONTENT, "$1AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
    send("aes256-gcm", (xml) => flip(xml, -1)), // tag
    send("aes256-gcm", (xml) => flip(xml, 30)),
    send("aes256-gcm", (xml) => xml.replace(CONTENT, "$1AAAA")),
  ].map((answer) => JSON.stringify(answer));
  expect(answers[0]).toContain('"decryption_failed"');
  expect(new Set(answers).size).toBe(1);
});

it.each([
  ["RSA 1.5", "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "http://www.w3.org/2001/04/xmlenc#rsa-1_5"],
  ["3DES", "http://www.w3.org/2001/04/xmlenc#aes256-cbc", "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"],
  ["an unknown cipher", "http://www.w3.org/2001/04/xmlenc#aes256-cbc", "urn:rot13"],
])("refuses %s by its name, before decrypting", (_, from, to) => {
  const result = send("aes256-cbc", (xml) => xml.replace(from, to));
  expect(result).toMatchObject({ ok: false, code: "encryption_algorithm", detail: to });
});

it("refuses more encrypted keys than rotation needs: each costs an RSA operation", () => {
  const result = send("aes256-gcm", (xml) =>
    xml.replace(/(<xenc:EncryptedKey .*<\/xenc:EncryptedKey>)/, "$1".repeat(5)),
  );
  expect(result).toMatchObject({ ok: false, code: "encryption_malformed" });
});

describe("at the service provider", () => {
  const idp = newIdp();
  let site: SamlSite;
  let tenant: SamlTenant;
  let encryptFor: { recipient: string; content: "aes256-cbc" };
  beforeAll(async () => {
    site = await startSamlSite();
    tenant = await site.addTenant("acme", { metadataXml: idp.metadata() });
    encryptFor = { recipient: await publishedCertificate(tenant, "encryption"), content: "aes256-cbc" };
  });
  afterAll(() => site.stop());

  const post = async (editResponse: (xml: string) => string, of = idp) => {
    const respond = (departure: { id: string }) =>
      answer(tenant, of, departure, { encryptFor, editResponse });
    return (await signIn(tenant, site.newBrowser(), respond)).page;
  };

  it("accepts an honest one", async () => {
    expect(letIn(await post((xml) => xml))).toBe(true);
  });

  it("shows the browser one and the same page, whatever broke, also behind the decryption", async () => {
    const pages = [
      await post((xml) => flip(xml, -17)), // padding
      await post((xml) => flip(xml, 0)), // XML
      await post((xml) => xml, newIdp()), // decrypts well, signed by somebody else
      await post((xml) => xml.replace(/Destination="[^"]*"/, 'Destination="https://evil.example.test"')),
      await post((xml) => xml.replace(CONTENT, "$1AAAA")),
    ];
    const codes = await site.gateway.api("GET", "/organizations/acme/login-records?limit=5");
    for (const code of ["decryption_failed", "signature_invalid", "destination_mismatch"]) {
      expect(JSON.stringify(codes.body)).toContain(code);
    }
    // Only what is of this request alone differs: its id, the form's token, the sign-in's id.
    const shown = pages.map(({ status, body }) => status + body.replace(/[\w-]{20,}/g, "…"));
    expect(new Set(shown).size).toBe(1);
    expect(shown[0]).toContain("The answer could not be accepted");
  });
});
