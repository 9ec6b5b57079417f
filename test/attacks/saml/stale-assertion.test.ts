/**
 * Stale assertions: kept, and used when they should be long dead; or dated into the future to live longer.
 * SAML 2.0 Profiles §4.1.4.3; CVE-2026-1190 (Keycloak: NotOnOrAfter of SubjectConfirmationData unchecked).
 */

import { createScenario } from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const validateAt = (offsetMs: number, editAssertion = (xml: string) => xml) =>
  scenario.validate(scenario.respond({ editAssertion }), {
    now: new Date(scenario.now.getTime() + offsetMs),
  });
const FAR = "2036-01-01T00:00:00Z";
const conditionsEnd = (end: string) => (xml: string) =>
  xml.replace(/(<saml:Conditions.*NotOnOrAfter=)"[^"]+"/, `$1"${end}"`);
const confirmationEnd = (end: string) => (xml: string) =>
  xml.replace(/NotOnOrAfter="[^"]+" Recipient/, `NotOnOrAfter="${end}" Recipient`);

it("accepts a fresh one, and clocks that differ by two minutes", () => {
  for (const offset of [0, -119_000, 419_000]) {
    expect(validateAt(offset)).toMatchObject({ ok: true });
  }
});

it("refuses it later, by each of its ends alone", () => {
  expect(validateAt(421_000, conditionsEnd(FAR))).toMatchObject({ ok: false, code: "confirmation_expired" });
  expect(validateAt(421_000, confirmationEnd(FAR))).toMatchObject({ ok: false, code: "assertion_expired" });
});

it("refuses one from the future", () => {
  expect(validateAt(-121_000)).toMatchObject({ ok: false, code: "issued_in_future" });
});

it("refuses one whose confirmation has no end", () => {
  const endless = (xml: string) => xml.replace(/NotOnOrAfter="[^"]+" Recipient/, "Recipient");
  expect(validateAt(0, endless)).toMatchObject({ ok: false, code: "element_missing" });
});

it("refuses one of an IdP session that is over", () => {
  const over = (xml: string) =>
    xml.replace("<saml:AuthnStatement", `$& SessionNotOnOrAfter="2026-06-01T11:57:00Z"`);
  expect(validateAt(0, over)).toMatchObject({ ok: false, code: "session_expired" });
});
