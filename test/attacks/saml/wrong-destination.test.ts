/**
 * Wrong destination: a response meant for another endpoint is posted here.
 * SAML 2.0 Bindings §3.5.5.2 (Destination of signed messages must be checked).
 */

import { createScenario } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";

const scenario = createScenario();
const ours = scenario.expected.acsUrl;

describe.each(["assertion", "response"] as const)("signed over: %s", (sign) => {
  const withDestination = (attribute: string) =>
    scenario.respond({ sign, editResponse: (xml) => xml.replace(/ Destination="[^"]+"/, attribute) });

  it("accepts our ACS URL", () => {
    expect(scenario.validate(scenario.respond({ sign }))).toMatchObject({ ok: true });
  });

  it.each([`${ours}/`, `${ours}.evil.test`, "https://evil.example.test/acs", new URL(ours).origin])(
    "refuses %s",
    (destination) => {
      expect(scenario.validate(withDestination(` Destination="${destination}"`))).toMatchObject({
        ok: false,
        code: "destination_mismatch",
      });
    },
  );

  it.each(["", ' Destination=""'])("refuses none (%j)", (attribute) => {
    expect(scenario.validate(withDestination(attribute))).toMatchObject({
      ok: false,
      code: "destination_missing",
    });
  });
});
