/**
 * A tenant's own IdP asserts any address it likes. An application behind a proxy that takes `X-Auth-Email` for the person
 * would take it for the other tenant's. "nOAuth" (Descope, 2023: unverified email claims of Entra ID), CWE-290.
 */

import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, startSamlSite } from "../../harness/saml-site.ts";
import { addCompany, type Company, person, tokensOf, verify } from "./victim.ts";

const CEO = "ceo@acme.example.test";

let site: SamlSite;
let acme: Company;
let mallory: Company;
beforeAll(async () => {
  site = await startSamlSite();
  acme = await addCompany(site, "acme");
  mallory = await addCompany(site, "mallory");
});
afterAll(() => site.stop());

const audience = () => `?audience=${site.application.clientId}`;

it("gives no address that the tenant has not verified, and always the organization", async () => {
  const { accessToken } = await tokensOf(site, mallory, person(CEO));
  const { status, identity } = await verify(site, accessToken, audience());
  expect(status).toBe(200);
  expect(identity).toMatchObject({
    "x-auth-email": "",
    "x-auth-email-verified": "false",
    "x-auth-org-slug": "mallory",
    "x-auth-org": expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(Object.values(identity)).not.toContain(CEO);
});

it("gives it for whom it was verified", async () => {
  const { accessToken } = await tokensOf(site, acme, person(CEO));
  const { identity } = await verify(site, accessToken, audience());
  expect(identity).toMatchObject({
    "x-auth-email": CEO,
    "x-auth-email-verified": "true",
    "x-auth-org-slug": "acme",
  });
});

it("says of an unverified address that it is, wherever it is given", async () => {
  const { accessToken, idToken = "" } = await tokensOf(site, mallory, person(CEO));
  const headers = { authorization: `Bearer ${accessToken}` };
  const userinfo = await (await fetch(`${site.gateway.url}/oauth2/userinfo`, { headers })).json();
  for (const claims of [decodeJwt(idToken), decodeJwt(accessToken), userinfo]) {
    expect(claims).toMatchObject({ email: CEO, email_verified: false, org_slug: "mallory" });
  }
});
