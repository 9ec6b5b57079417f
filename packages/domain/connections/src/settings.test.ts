import { describe, expect, it } from "vitest";
import { parseConnectionSettings } from "./settings.ts";

const saml = {
  idpEntityId: "https://idp.acme.test",
  ssoUrl: "https://idp.acme.test/sso",
  ssoBinding: "redirect",
  certificates: ["-----BEGIN CERTIFICATE-----"],
};
const oidc = {
  issuer: "https://idp.acme.test",
  clientId: "gateway",
  clientSecret: "s1.sealed",
  scopes: ["openid"],
};

describe("parseConnectionSettings", () => {
  it("fills in what a SAML connection leaves to its defaults: unsigned requests, no SHA-1, no forced login", () => {
    expect(parseConnectionSettings("saml", saml)).toEqual({
      ...saml,
      signRequests: false,
      allowSha1: false,
      forceAuthn: false,
    });
  });

  it("returns OpenID Connect settings as they stand", () => {
    expect(parseConnectionSettings("oidc", oidc)).toEqual(oidc);
  });

  it.each([
    ["no certificate", "saml", { ...saml, certificates: [] }],
    ["a script URL", "saml", { ...saml, ssoUrl: "javascript:alert(1)" }],
    ["a field that it does not know", "saml", { ...saml, wantAssertionsSigned: false }],
    ["the other protocol's settings", "saml", oidc],
    ["no scope", "oidc", { ...oidc, scopes: [] }],
    ["no client secret", "oidc", { ...oidc, clientSecret: "" }],
  ] as const)("refuses %s", (_name, type, settings) => {
    expect(() => parseConnectionSettings(type, settings)).toThrow();
  });
});
