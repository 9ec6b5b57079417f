/**
 * What a person shared with an application is what its scopes say; a door that tells more makes every token one of all
 * scopes. OpenID Connect Core §5.4, RFC 6749 §3.3, CWE-863.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, startSamlSite } from "../../harness/saml-site.ts";
import { addCompany, type Company, person, tokensOf, verify } from "./victim.ts";

const ann = person("ann@acme.example.test", { displayName: "Ann Archer" });

let site: SamlSite;
let acme: Company;
beforeAll(async () => {
  site = await startSamlSite();
  acme = await addCompany(site, "acme");
});
afterAll(() => site.stop());

async function identityFor(scope: string) {
  const { accessToken } = await tokensOf(site, acme, ann, { scope });
  return verify(site, accessToken, `?audience=${site.application.clientId}`);
}

it.each([
  ["openid", "", "false", ""],
  ["openid email", "ann@acme.example.test", "true", ""],
  ["openid profile", "", "false", "Ann%20Archer"],
  ["openid email profile", "ann@acme.example.test", "true", "Ann%20Archer"],
])("gives for %s no more than that", async (scope, email, verified, name) => {
  const { status, identity } = await identityFor(scope);
  expect(status).toBe(200);
  expect(identity).toMatchObject({
    "x-auth-email": email,
    "x-auth-email-verified": verified,
    "x-auth-name": name,
    "x-auth-org-slug": "acme",
    "x-auth-roles": "member",
  });
});

it("gives nothing for a token that is not for identity at all", async () => {
  const { status, identity } = await identityFor("email profile");
  expect(status).toBe(403);
  expect(identity).toEqual({});
});

it("says everywhere the same: userinfo tells no more either", async () => {
  const { accessToken } = await tokensOf(site, acme, ann, { scope: "openid" });
  const headers = { authorization: `Bearer ${accessToken}` };
  const claims = await (await fetch(`${site.gateway.url}/oauth2/userinfo`, { headers })).json();
  for (const name of ["email", "email_verified", "name", "preferred_username"]) {
    expect(claims).not.toHaveProperty(name);
  }
});
