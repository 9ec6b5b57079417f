/**
 * Wrong recipient: the bearer confirmation names another ACS URL, or none.
 * SAML 2.0 Profiles §4.1.4.3; Mainka, Mladenov et al.: Your Software at my Service (CCSW 2014).
 */

import { createScenario } from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const ours = scenario.expected.acsUrl;
const withRecipient = (attribute: string) =>
  scenario.respond({ editAssertion: (xml) => xml.replace(/ Recipient="[^"]+"/, attribute) });

it("accepts our ACS URL", () => {
  expect(scenario.validate(scenario.respond())).toMatchObject({ ok: true });
});

it.each([
  `${ours}/`,
  `${ours}?x`,
  `${ours}.evil.test`,
  ours.replace("https", "http"),
  "https://evil.example.test/acs",
])("refuses %s", (recipient) => {
  expect(scenario.validate(withRecipient(` Recipient="${recipient}"`))).toMatchObject({
    ok: false,
    code: "recipient_mismatch",
  });
});

it.each(["", ' Recipient=""'])("refuses none (%j)", (attribute) => {
  expect(scenario.validate(withRecipient(attribute))).toMatchObject({ ok: false, code: "recipient_missing" });
});
