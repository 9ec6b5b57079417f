/**
 * Transforms and canonicalizations of the attacker's choice: XSLT runs code, XPath and base64 choose what is
 * digested. CVE-2022-47966 (ManageEngine: XSLT in ds:Transform); Hill: Command Injection in XML Signatures (2007).
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
import { describe, expect, it } from "vitest";

const scenario = createScenario();
const { signer } = scenario.idp;
const unsigned = fromFormValue(scenario.respond({ sign: "none" }));
const info = signedInfoXml("_assertion", digestOf(unsigned, "_assertion"), signer);
const ENVELOPED =
  '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>';
const EXCLUSIVE = '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform>';

/** Signed by the IdP's own key: only the transforms are wrong. */
const signedWith = (from: string, to: string) =>
  toFormValue(insertAfterIssuer(unsigned, "_assertion", signatureXml(info.replace(from, to), signer)));

it("accepts enveloped-signature and exclusive C14N", () => {
  expect(scenario.validate(signedWith("", ""))).toMatchObject({ ok: true });
});

// A different algorithm over the same octets, as long as there is no comment: and a comment is refused anywhere.
it("accepts exclusive C14N with comments, where there are none", () => {
  const method = '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">';
  const withComments = (text: string) => text.replace("xml-exc-c14n#", "xml-exc-c14n#WithComments");
  for (const part of [EXCLUSIVE, method]) {
    expect(scenario.validate(signedWith(part, withComments(part)))).toMatchObject({ ok: true });
  }
});

describe("transforms", () => {
  it.each([
    "http://www.w3.org/TR/1999/REC-xslt-19991116",
    "http://www.w3.org/TR/1999/REC-xpath-19991116",
    "http://www.w3.org/2002/06/xmldsig-filter2",
    "http://www.w3.org/2000/09/xmldsig#base64",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2006/12/xml-c14n11#WithComments",
  ])("refuses %s", (uri) => {
    const transform = `<ds:Transform Algorithm="${uri}"></ds:Transform>`;
    for (const response of [signedWith(EXCLUSIVE, transform), signedWith(EXCLUSIVE, EXCLUSIVE + transform)]) {
      expect(scenario.validate(response)).toMatchObject({ ok: false, code: "signature_transform" });
    }
  });

  it.each([
    ["none at all", ENVELOPED + EXCLUSIVE, ""],
    ["no enveloped-signature", ENVELOPED, ""],
    ["no C14N", EXCLUSIVE, ""],
    ["the reverse order", ENVELOPED + EXCLUSIVE, EXCLUSIVE + ENVELOPED],
    ["one twice", ENVELOPED, ENVELOPED + ENVELOPED],
  ])("refuses %s", (_, from, to) => {
    expect(scenario.validate(signedWith(from, to))).toMatchObject({ ok: false, code: "signature_transform" });
  });
});

it.each([
  "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
  "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
])("refuses SignedInfo canonicalized by %s", (uri) => {
  const method = '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">';
  const response = signedWith(method, method.replace("http://www.w3.org/2001/10/xml-exc-c14n#", uri));
  expect(scenario.validate(response)).toMatchObject({ ok: false, code: "signature_canonicalization" });
});
