/**
 * Wrong issuer: one IdP speaks for another, or its key is shared by several tenants of one vendor.
 * SAML 2.0 Profiles §4.1.4.2; Mainka, Mladenov, Schwenk: Do not trust me: Using malicious IdPs for analyzing and
 * attacking Single Sign-On (EuroS&P 2016), ID spoofing.
 */

import {
  createScenario,
  createTestIdp,
  digestOf,
  fromFormValue,
  signatureXml,
  signedInfoXml,
  toFormValue,
} from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";

const scenario = createScenario();
const ours = scenario.idp.entityId;

it("accepts the connection's IdP", () => {
  expect(scenario.validate(scenario.respond())).toMatchObject({ ok: true });
});

it("refuses another entity that signs with the same key", () => {
  const { privateKey, certificate } = scenario.idp;
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const sibling = createTestIdp({ entityId: `${ours}/tenant-b`, privateKey: pem, certificate });
  expect(scenario.validate(sibling.signResponse(scenario.login))).toMatchObject({
    ok: false,
    code: "response_issuer_mismatch",
  });
});

describe.each([
  ["response", "editResponse", "response_issuer"],
  ["assertion", "editAssertion", "assertion_issuer"],
] as const)("the %s's issuer", (_, edit, code) => {
  const issuer = /<saml:Issuer([^>]*)>[^<]*<\/saml:Issuer>/;
  const withIssuer = (to: string) =>
    scenario.respond({ sign: "response", [edit]: (xml: string) => xml.replace(issuer, to) });

  it.each([`${ours}.evil.test`, `${ours}/`, ours.toUpperCase(), "https://evil.example.test", ""])(
    "refuses %j",
    (value) => {
      const response = withIssuer(`<saml:Issuer$1>${value}</saml:Issuer>`);
      expect(scenario.validate(response)).toMatchObject({ ok: false, code: `${code}_mismatch` });
    },
  );

  it("refuses a name that is not an entity ID", () => {
    const format = 'Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"';
    const response = withIssuer(`<saml:Issuer$1 ${format}>${ours}</saml:Issuer>`);
    expect(scenario.validate(response)).toMatchObject({ ok: false, code: `${code}_mismatch` });
  });
});

it("refuses an assertion and a signed response without issuer; of an unsigned response the assertion's counts", () => {
  const gone = (xml: string) => xml.replace(/<saml:Issuer[^>]*>[^<]*<\/saml:Issuer>/, "");
  const noAssertionIssuer = scenario.respond({ sign: "response", editAssertion: gone });
  expect(scenario.validate(noAssertionIssuer)).toMatchObject({ ok: false, code: "assertion_issuer_missing" });

  const { signer } = scenario.idp;
  const bare = fromFormValue(scenario.respond({ editResponse: gone }));
  const signature = signatureXml(signedInfoXml("_response", digestOf(bare, "_response"), signer), signer);
  const noResponseIssuer = bare.replace(">", `>${signature}`);
  expect(scenario.validate(toFormValue(noResponseIssuer))).toMatchObject({
    ok: false,
    code: "response_issuer_missing",
  });

  expect(scenario.validate(scenario.respond({ editResponse: gone }))).toMatchObject({ ok: true });
  const foreign = (xml: string) => xml.replace(ours, "https://evil.example.test");
  expect(scenario.validate(scenario.respond({ editResponse: gone, editAssertion: foreign }))).toMatchObject({
    ok: false,
    code: "assertion_issuer_mismatch",
  });
});
