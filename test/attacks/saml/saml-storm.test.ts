/**
 * SAMLStorm: xml-crypto verified one thing and reported another.
 * CVE-2025-29775: a comment in DigestValue, which canonicalization of SignedInfo drops, lets another digest be read.
 * CVE-2025-29774: a second SignedInfo: one is verified, the other one's reference is used.
 * https://workos.com/blog/samlstorm
 */

import { createHash } from "node:crypto";
import { createScenario, digestOf, fromFormValue, signedInfoXml, toFormValue } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";

const scenario = createScenario();
const xml = fromFormValue(scenario.respond());
const forged = xml.replace("jo@example.test", "admin@example.test");
const forgedDigest = digestOf(forged.replace(/<ds:Signature .*<\/ds:Signature>/, ""), "_assertion");

it("accepts the message it is made from", () => {
  expect(scenario.validate(toFormValue(xml))).toMatchObject({ ok: true });
});

describe("CVE-2025-29775: DigestValue", () => {
  it.each([
    ["a comment before the digest", `<!--${forgedDigest}-->`, "xml_comment"],
    ["a processing instruction", `<?x ${forgedDigest}?>`, "xml_processing_instruction"],
    ["CDATA", `<![CDATA[${forgedDigest}]]>`, "xml_cdata"],
    ["a nested element", `<x xmlns="urn:x">${forgedDigest}</x>`, "signature_invalid"],
  ])("refuses %s", (_, inserted, code) => {
    const message = forged.replace("<ds:DigestValue>", `<ds:DigestValue>${inserted}`);
    expect(scenario.validate(toFormValue(message))).toMatchObject({ ok: false, code });
  });

  it("refuses a second DigestValue", () => {
    const message = forged.replace("</ds:DigestValue>", `$&<ds:DigestValue>${forgedDigest}</ds:DigestValue>`);
    expect(scenario.validate(toFormValue(message))).toMatchObject({ ok: false, code: "signature_invalid" });
  });
});

describe("CVE-2025-29774: SignedInfo", () => {
  const second = signedInfoXml("_assertion", forgedDigest, scenario.idp.signer);

  it.each([
    ["before", (info: string) => second + info],
    ["behind", (info: string) => info + second],
  ])("refuses a second one %s the first", (_, place) => {
    const message = forged.replace(/<ds:SignedInfo .*<\/ds:SignedInfo>/, place);
    expect(scenario.validate(toFormValue(message))).toMatchObject({ ok: false, code: "signature_malformed" });
  });

  it("refuses another one behind the SignatureValue", () => {
    const message = forged.replace("</ds:SignatureValue>", `$&${second}`);
    expect(scenario.validate(toFormValue(message))).toMatchObject({ ok: false, code: "signature_malformed" });
  });

  it("refuses one with the forged digest and the old signature", () => {
    const digest = createHash("sha256").update("").digest("base64");
    for (const value of [forgedDigest, digest]) {
      const message = forged.replace(/<ds:DigestValue>[^<]*/, `<ds:DigestValue>${value}`);
      expect(scenario.validate(toFormValue(message))).toMatchObject({ ok: false, code: "signature_invalid" });
    }
  });
});
