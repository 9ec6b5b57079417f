/**
 * Wrong audience: an assertion that a malicious service provider got is replayed here.
 * SAML 2.0 Core §2.5.1.4; Mainka, Mladenov et al.: Your Software at my Service (CCSW 2014), token recipient confusion.
 */

import { createScenario } from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const ours = scenario.expected.audience;

it("accepts our own entity ID", () => {
  expect(scenario.validate(scenario.respond())).toMatchObject({ ok: true });
});

it.each([
  "https://evil.example.test",
  `${ours}.evil.test`,
  `${ours}/`,
  `${ours}-staging`,
  ours.slice(0, -1),
  ours.toUpperCase(),
  `x ${ours}`,
  `${ours} https://evil.example.test`,
  "*",
  "",
])("refuses %j", (audience) => {
  expect(scenario.validate(scenario.respond({ audience }))).toMatchObject({
    ok: false,
    code: "audience_mismatch",
  });
});

it("refuses an assertion for nobody in particular", () => {
  const editAssertion = (xml: string) =>
    xml.replace(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, "");
  expect(scenario.validate(scenario.respond({ editAssertion }))).toMatchObject({
    ok: false,
    code: "audience_missing",
  });
});
