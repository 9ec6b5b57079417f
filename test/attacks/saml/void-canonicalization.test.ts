/**
 * Void canonicalization: a relative namespace URI makes libxml2's C14N fail; a caller that takes the failure for
 * an empty result compares digests of nothing, and one signature over nothing then signs everything.
 * CVE-2025-66568 (ruby-saml) and CVE-2025-66475 (xmlseclibs); PortSwigger: The Fragile Lock (2025).
 */

import { createHash } from "node:crypto";
import {
  createScenario,
  fromFormValue,
  insertAfterIssuer,
  signatureXml,
  signedInfoXml,
  toFormValue,
} from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const digestOfNothing = createHash("sha256").update("").digest("base64");

/** What an attacker gets who makes the IdP sign an element that canonicalizes to nothing. */
function signedOverNothing(edit: (xml: string) => string): string {
  const unsigned = fromFormValue(scenario.respond({ sign: "none", nameId: "admin@example.test" }));
  const { signer } = scenario.idp;
  const signature = signatureXml(signedInfoXml("_assertion", digestOfNothing, signer), signer);
  return toFormValue(edit(insertAfterIssuer(unsigned, "_assertion", signature)));
}

it("accepts a namespace that is an absolute URI", () => {
  const response = scenario.respond({
    editAssertion: (xml) => xml.replace("<saml:Subject>", '<saml:Subject xmlns:n="urn:n">'),
  });
  expect(scenario.validate(response)).toMatchObject({ ok: true });
});

it.each(["1", "relative", "./x", "//host/x", "?q", "#f"])("refuses the relative namespace %j", (uri) => {
  const response = signedOverNothing((xml) =>
    xml.replace("<saml:Subject>", `<saml:Subject xmlns:n="${uri}">`),
  );
  expect(scenario.validate(response)).toMatchObject({ ok: false, code: "xml_relative_namespace" });
});

it("refuses a namespace that is no URI at all", () => {
  const response = signedOverNothing((xml) =>
    xml.replace("<saml:Subject>", '<saml:Subject xmlns:n="http://[">'),
  );
  expect(scenario.validate(response)).toMatchObject({ ok: false, code: "xml_malformed" });
});

it("refuses the digest of nothing", () => {
  expect(scenario.validate(signedOverNothing((xml) => xml))).toMatchObject({
    ok: false,
    code: "digest_mismatch",
  });
});
