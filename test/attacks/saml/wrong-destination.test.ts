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

  it.each([" evil", "%20", "\u00a0"])("takes no other space than XML's around it for none: %j", (space) => {
    expect(scenario.validate(withDestination(` Destination="${ours}${space}"`))).toMatchObject({
      ok: false,
      code: "destination_mismatch",
    });
  });
});

describe.each(["", ' Destination=""'])("none at all (%j)", (attribute) => {
  const editResponse = (xml: string) => xml.replace(/ Destination="[^"]+"/, attribute);

  it("is refused of a signed response", () => {
    for (const sign of ["response", "both"] as const) {
      expect(scenario.validate(scenario.respond({ sign, editResponse }))).toMatchObject({
        ok: false,
        code: "destination_missing",
      });
    }
  });

  it("leaves it to the signed assertion to say for whom it is", () => {
    expect(scenario.validate(scenario.respond({ editResponse }))).toMatchObject({ ok: true });
    const elsewhere = (xml: string) => xml.replace(ours, "https://other.example.test/acs");
    expect(scenario.validate(scenario.respond({ editResponse, editAssertion: elsewhere }))).toMatchObject({
      ok: false,
      code: "recipient_mismatch",
    });
  });
});
