import { expect, it } from "vitest";
import { createScenario, fromFormValue, toFormValue } from "../testing/index.ts";
import { peekResponse } from "./peek.ts";

const scenario = createScenario();

it("says what a response claims, signed or not", () => {
  expect(peekResponse(scenario.respond({ sign: "none" }))).toMatchObject({
    ok: true,
    verified: false,
    id: "_response",
    inResponseTo: "_request",
    issuer: scenario.idp.entityId,
    destination: scenario.expected.acsUrl,
    statusCode: "urn:oasis:names:tc:SAML:2.0:status:Success",
  });
});

it("leaves out what is not there", () => {
  const result = peekResponse(scenario.respond({ inResponseTo: undefined }));
  expect(result).toMatchObject({ ok: true });
  expect(result).not.toHaveProperty("inResponseTo");
});

it("holds to the same XML rules as validation", () => {
  const bomb = toFormValue(`<!DOCTYPE a [<!ENTITY b "c">]>${fromFormValue(scenario.respond())}`);
  expect(peekResponse(bomb)).toMatchObject({ ok: false, code: "xml_doctype" });
  expect(peekResponse(scenario.respond(), { maxBytes: 100 })).toMatchObject({
    ok: false,
    code: "xml_too_large",
  });
});
