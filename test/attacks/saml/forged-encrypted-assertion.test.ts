/**
 * Forged encrypted assertion: everybody has the service provider's public key, so encryption proves nothing.
 * CVE-2026-2092 (Keycloak: an unsigned encrypted assertion in an unsigned response, beside a signed one).
 */

import {
  createScenario,
  createTestIdp,
  encryptAssertion,
  fromFormValue,
  toFormValue,
} from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const encryptFor = { recipient: scenario.encryptionCertificate };
const ASSERTION = /<saml:Assertion .*<\/saml:Assertion>/;
const assertionOf = (response: string) => ASSERTION.exec(fromFormValue(response))?.[0] ?? "";
const forged = assertionOf(
  scenario.respond({ sign: "none", nameId: "admin@example.test", assertionId: "_forged" }),
);

it("accepts an encrypted assertion that the IdP signed", () => {
  for (const sign of ["assertion", "response", "both"] as const) {
    expect(scenario.validate(scenario.respond({ encryptFor, sign }))).toMatchObject({ ok: true });
  }
});

it("refuses an unsigned one in an unsigned response", () => {
  const response = scenario.respond({ encryptFor, sign: "none", nameId: "admin@example.test" });
  expect(scenario.validate(response)).toMatchObject({ ok: false, code: "encrypted_assertion_unsigned" });
});

it("refuses one signed by the attacker", () => {
  const attacker = createTestIdp({ entityId: scenario.idp.entityId });
  const response = attacker.signResponse({ ...scenario.login, encryptFor });
  expect(scenario.validate(response)).toMatchObject({ ok: false, code: "signature_invalid" });
});

it.each([
  ["before", (signed: string, encrypted: string) => encrypted + signed],
  ["behind", (signed: string, encrypted: string) => signed + encrypted],
])("refuses one %s the attacker's own, honestly signed assertion", (_, place) => {
  const response = fromFormValue(scenario.respond({ nameId: "attacker@example.test" }));
  const both = response.replace(ASSERTION, (signed) => place(signed, encryptAssertion(forged, encryptFor)));
  expect(scenario.validate(toFormValue(both))).toMatchObject({ ok: false, code: "assertion_multiple" });
});

it("refuses one put in place of the assertion of a signed response", () => {
  const response = fromFormValue(scenario.respond({ sign: "response" }));
  const swapped = response.replace(ASSERTION, encryptAssertion(forged, encryptFor));
  expect(scenario.validate(toFormValue(swapped))).toMatchObject({ ok: false, code: "digest_mismatch" });
});

it("refuses wrapping inside the cipher text", () => {
  const signed = assertionOf(scenario.respond());
  const wrapped = forged.replace("</saml:Assertion>", `${signed}</saml:Assertion>`);
  const response = scenario.respond({
    sign: "none",
    editResponse: (xml) => xml.replace(ASSERTION, encryptAssertion(wrapped, encryptFor)),
  });
  expect(scenario.validate(response)).toMatchObject({ ok: false, code: "assertion_multiple" });
});

it("refuses an assertion encrypted twice", () => {
  const twice = encryptAssertion(encryptAssertion(assertionOf(scenario.respond()), encryptFor), encryptFor);
  const response = scenario.respond({
    sign: "response",
    editResponse: (xml) => xml.replace(ASSERTION, twice),
  });
  expect(scenario.validate(response)).toMatchObject({ ok: false, code: "assertion_misplaced" });
});
