/**
 * Unsolicited and foreign responses: login CSRF with the attacker's own response, or a response to another login.
 * SAML 2.0 Profiles §4.1.4.3, §4.1.5; Armando et al.: An Authentication Flaw in Browser-based Single Sign-On (2013).
 */

import { createScenario } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";

const scenario = createScenario();

it("accepts the answer to our own request", () => {
  expect(scenario.validate(scenario.respond())).toMatchObject({ ok: true });
});

it("refuses an unsolicited response", () => {
  expect(scenario.validate(scenario.respond({ inResponseTo: undefined }))).toMatchObject({
    ok: false,
    code: "in_response_to_missing",
  });
});

it("refuses the answer to another request", () => {
  expect(scenario.validate(scenario.respond({ inResponseTo: "_foreign" }))).toMatchObject({
    ok: false,
    code: "in_response_to_mismatch",
  });
});

describe("when only the assertion is signed, and the response around it is the attacker's", () => {
  const dress = (xml: string) => xml.replace(/InResponseTo="[^"]+"/, 'InResponseTo="_request"');

  it("refuses a foreign assertion in a response that looks like ours", () => {
    const response = scenario.respond({ inResponseTo: "_foreign", editResponse: dress });
    expect(scenario.validate(response)).toMatchObject({
      ok: false,
      code: "confirmation_in_response_to_mismatch",
    });
  });

  it("refuses an unsolicited assertion in a response that looks like ours", () => {
    const editResponse = (xml: string) =>
      xml.replace("<samlp:Response ", '<samlp:Response InResponseTo="_request" ');
    const response = scenario.respond({ inResponseTo: undefined, editResponse });
    expect(scenario.validate(response)).toMatchObject({
      ok: false,
      code: "confirmation_in_response_to_missing",
    });
  });
});
