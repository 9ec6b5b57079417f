/**
 * Several references in one SignedInfo: one is verified, another is believed.
 * CVE-2026-33487 (goxmldsig: the loop over references kept the last one).
 */

import {
  createScenario,
  digestOf,
  fromFormValue,
  insertAfterIssuer,
  signatureXml,
  signedInfoXml,
  toFormValue,
} from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const { signer } = scenario.idp;
const unsigned = fromFormValue(scenario.respond({ sign: "none" }));
const info = signedInfoXml("_assertion", digestOf(unsigned, "_assertion"), signer);
const [reference = ""] = /<ds:Reference .*<\/ds:Reference>/.exec(info) ?? [];

const signedWith = (references: string) =>
  toFormValue(
    insertAfterIssuer(unsigned, "_assertion", signatureXml(info.replace(reference, references), signer)),
  );

it("accepts one reference", () => {
  expect(scenario.validate(signedWith(reference))).toMatchObject({ ok: true });
});

it.each([
  ["the same one twice", reference + reference],
  ["another element's behind it", reference + reference.replace("#_assertion", "#_response")],
  ["another element's before it", reference.replace("#_assertion", "#_response") + reference],
])("refuses two, also rightly signed: %s", (_, references) => {
  expect(scenario.validate(signedWith(references))).toMatchObject({
    ok: false,
    code: "signature_reference_multiple",
  });
});

it("refuses none", () => {
  expect(scenario.validate(signedWith(""))).toMatchObject({ ok: false, code: "signature_malformed" });
});

it.each([
  ["the whole document", '""'],
  ["another element", '"#_response"'],
  ["an XPointer", `"#xpointer(id('_assertion'))"`],
  ["an outside resource", '"https://evil.example.test/assertion.xml"'],
  ["an outside fragment", '"https://evil.example.test/#_assertion"'],
])("refuses a signed reference to %s", (_, uri) => {
  const response = signedWith(reference.replace('"#_assertion"', uri));
  expect(scenario.validate(response)).toMatchObject({ ok: false, code: "signature_reference_mismatch" });
});
