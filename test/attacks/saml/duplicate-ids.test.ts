/**
 * Duplicate IDs: the reference means one element, the reader takes the other with the same ID.
 * CVE-2024-45409 (ruby-saml) and most signature wrapping rest on looking up what is signed by its ID.
 */

import { createScenario, fromFormValue, toFormValue } from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const xml = fromFormValue(scenario.respond());

it("accepts the message it is made from", () => {
  expect(scenario.validate(toFormValue(xml))).toMatchObject({ ok: true });
});

it.each(["ID", "Id", "id", "xml:id", "iD"])(
  "refuses a second element with the assertion's ID as %s",
  (spelling) => {
    const twin = xml.replace("<samlp:Status>", `<samlp:Status ${spelling}="_assertion">`);
    expect(scenario.validate(toFormValue(twin))).toMatchObject({ ok: false, code: "xml_duplicate_id" });
  },
);

it("refuses one ID on response and assertion even when the IdP signed both", () => {
  const response = scenario.respond({ responseId: "_same", assertionId: "_same", sign: "assertion" });
  expect(scenario.validate(response)).toMatchObject({ ok: false, code: "xml_duplicate_id" });
});
