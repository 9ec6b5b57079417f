/**
 * Confirmation methods other than bearer: holder-of-key and sender-vouches ask for proofs that a browser's post
 * does not bring; taking them as bearer drops the proof. SAML 2.0 Profiles §3, §4.1.4.2.
 */

import { createScenario } from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const withMethod = (method: string) =>
  scenario.respond({ editAssertion: (xml) => xml.replace(/Method="[^"]+"/, method) });

it("accepts bearer", () => {
  expect(scenario.validate(scenario.respond())).toMatchObject({ ok: true });
});

it.each([
  'Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"',
  'Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"',
  'Method="urn:oasis:names:tc:SAML:1.0:cm:bearer"',
  'Method=""',
  "",
])("refuses %j", (method) => {
  expect(scenario.validate(withMethod(method))).toMatchObject({ ok: false, code: "confirmation_method" });
});
