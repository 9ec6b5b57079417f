/**
 * Forged status: an error response that carries an assertion, or Success claimed beside another code.
 * SAML 2.0 Core §3.2.2: an assertion in a response that did not succeed must not be used.
 */

import { createScenario } from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const SUCCESS = '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode>';
const withStatus = (status: string) =>
  scenario.respond({ editResponse: (xml) => xml.replace(SUCCESS, status) });

it("accepts Success", () => {
  expect(scenario.validate(withStatus(SUCCESS))).toMatchObject({ ok: true });
});

it.each([
  ["another code", SUCCESS.replace("Success", "Responder"), "status_not_success"],
  [
    "Success below another code",
    SUCCESS.replace("Success", "Requester").replace("><", `>${SUCCESS}<`),
    "status_not_success",
  ],
  ["a code that ends in Success", SUCCESS.replace("urn:", "evil:urn:"), "status_not_success"],
  ["Success beside another code", SUCCESS.replace("Success", "Responder") + SUCCESS, "element_unexpected"],
  ["no code", "", "element_missing"],
])("refuses %s", (_, status, code) => {
  expect(scenario.validate(withStatus(status))).toMatchObject({ ok: false, code });
});
