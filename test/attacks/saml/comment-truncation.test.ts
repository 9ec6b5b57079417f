/**
 * Comment truncation: exclusive C14N drops comments, so a comment can be put into a signed value without
 * breaking the signature; a reader that stops at it sees another user.
 * CVE-2017-11427 (python-saml), -11428 (ruby-saml), -11429 (SAML2-js), -11430 (OmniAuth), CVE-2018-0489 (Shibboleth).
 */

import { createScenario, fromFormValue, toFormValue } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";

const scenario = createScenario();
const NAME = "admin@example.test.evil.test";
const xml = fromFormValue(scenario.respond({ nameId: NAME, attributes: { email: NAME } }));
const WITH_COMMENTS = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
const insert = (inserted: string) =>
  toFormValue(xml.replaceAll("admin@example.test.", `admin@example.test${inserted}.`));

it("reads the whole value of the message it is made from", () => {
  expect(scenario.validate(toFormValue(xml))).toMatchObject({
    ok: true,
    assertion: { subject: { nameId: NAME }, attributes: [{ values: [NAME] }] },
  });
});

describe("in NameID and attribute values", () => {
  it.each([
    ["a comment", "<!---->", "xml_comment"],
    ["a processing instruction", "<?x?>", "xml_processing_instruction"],
    ["an empty CDATA section", "<![CDATA[]]>", "xml_cdata"],
    ["a CDATA section with a comment in it", "<![CDATA[<!---->]]>", "xml_cdata"],
    ["an element", "<x xmlns=''/>", "digest_mismatch"],
    ["an entity", "&nothing;", "xml_malformed"],
  ])("refuses %s", (_, inserted, code) => {
    expect(scenario.validate(insert(inserted))).toMatchObject({ ok: false, code });
  });
});

it.each([undefined, WITH_COMMENTS])(
  "refuses a comment that the IdP itself signed, by %s",
  (canonicalization) => {
    const response = scenario.respond({
      ...(canonicalization === undefined ? {} : { signer: { canonicalization } }),
      editAssertion: (assertion) => assertion.replace("jo@example.test", "jo@example.test<!-- -->.evil.test"),
    });
    expect(scenario.validate(response)).toMatchObject({ ok: false, code: "xml_comment" });
  },
);

it("signs in by C14N with comments where there are none, and refuses whatever is put in afterwards", () => {
  const signed = fromFormValue(
    scenario.respond({ nameId: NAME, signer: { canonicalization: WITH_COMMENTS } }),
  );
  expect(scenario.validate(toFormValue(signed))).toMatchObject({
    ok: true,
    assertion: { subject: { nameId: NAME } },
  });
  const commented = signed.replaceAll("admin@example.test.", "admin@example.test<!---->.");
  expect(scenario.validate(toFormValue(commented))).toMatchObject({ ok: false, code: "xml_comment" });
  const changed = signed.replaceAll("admin@example.test.", "admin@example.test");
  expect(scenario.validate(toFormValue(changed))).toMatchObject({ ok: false, code: "digest_mismatch" });
});
