import { createTestIdp } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";
import { samlSettings } from "../settings.ts";
import { idpFacts, withFacts } from "./facts.ts";
import { readMetadata } from "./read.ts";

const idp = createTestIdp();
const REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/** Metadata whose endpoints have an address of their own for each binding. */
function factsWith(endpoints: string) {
  const xml = idp
    .metadata()
    .replace(/<(?:\w+:)?Single(?:SignOn|Logout)Service\b[^>]*?\/>/g, "")
    .replace(/(<\/(?:\w+:)?IDPSSODescriptor>)/, `${endpoints}$1`);
  return readMetadata(xml, {
    entityId: undefined,
    certificates: undefined,
    allowSha1: false,
    now: new Date(),
  }).facts;
}

const service = (name: string, binding: string, path: string, more = "") =>
  `<${name} xmlns="urn:oasis:names:tc:SAML:2.0:metadata" Binding="${binding}" Location="https://idp.example.test/${path}"${more}/>`;
const both = factsWith(
  [
    service("SingleLogoutService", REDIRECT, "slo/redirect"),
    service("SingleLogoutService", POST, "slo/post", ' ResponseLocation="https://idp.example.test/slo/done"'),
    service("SingleSignOnService", REDIRECT, "sso/redirect"),
    service("SingleSignOnService", POST, "sso/post"),
  ].join(""),
);
const settings = samlSettings.parse({
  idpEntityId: idp.entityId,
  ssoUrl: "https://idp.example.test/sso/redirect",
  ssoBinding: "redirect",
  certificates: [idp.certificate],
});

describe("the settings with what metadata says", () => {
  it("take HTTP-Redirect where nobody has chosen", () => {
    expect(withFacts(settings, both)).toMatchObject({
      ssoBinding: "redirect",
      ssoUrl: "https://idp.example.test/sso/redirect",
      sloBinding: "redirect",
      sloUrl: "https://idp.example.test/slo/redirect",
    });
  });

  it("keep the bindings that an operator has chosen, with the endpoints for them", () => {
    const chosen = { ssoBindingByHand: true, sloBindingByHand: true } as const;
    const next = withFacts({ ...settings, ...chosen, ssoBinding: "post", sloBinding: "post" }, both);
    expect(samlSettings.parse(next)).toMatchObject({
      ...chosen,
      ssoBinding: "post",
      ssoUrl: "https://idp.example.test/sso/post",
      sloBinding: "post",
      sloUrl: "https://idp.example.test/slo/post",
      sloResponseUrl: "https://idp.example.test/slo/done",
    });
  });

  it("keep the binding at the only endpoint that there is, and follow that", () => {
    const one = factsWith(service("SingleSignOnService", REDIRECT, "moved"));
    const next = withFacts({ ...settings, ssoBinding: "post", ssoBindingByHand: true }, one);
    expect(next).toMatchObject({ ssoBinding: "post", ssoUrl: "https://idp.example.test/moved" });
  });

  it("can be made of facts that were held back before the endpoints were kept", () => {
    const { endpoints: _, ...older } = both;
    const next = withFacts(
      { ...settings, ssoBinding: "post", ssoBindingByHand: true },
      idpFacts.parse(older),
    );
    expect(next).toMatchObject({ ssoBinding: "post", ssoUrl: "https://idp.example.test/sso/redirect" });
    expect(idpFacts.parse(JSON.parse(JSON.stringify(both)))).toEqual(both);
  });
});
