/**
 * Names and groups are what a tenant's IdP says. In a header they must be neither another header, nor another item of a
 * list; and a header that the client made up must not reach the application. CWE-113, CWE-93, CWE-348.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { IDENTITY_HEADERS } from "../../harness/auth-proxy.ts";
import { type SamlSite, startSamlSite } from "../../harness/saml-site.ts";
import { addCompany, type Company, person, tokensOf, verify } from "./victim.ts";

let site: SamlSite;
let acme: Company;
beforeAll(async () => {
  site = await startSamlSite();
  acme = await addCompany(site, "acme");
});
afterAll(() => site.stop());

async function identityOf(attributes: Parameters<typeof person>[1]) {
  const nobody = `${Object.values(attributes ?? {}).join().length}@acme.example.test`;
  const { accessToken } = await tokensOf(site, acme, person(nobody, attributes));
  return verify(site, accessToken, `?audience=${site.application.clientId}`);
}

it.each([
  ["a name in another script", "Ångström 李明 😀"],
  ["a line break", "Ann\r\nX-Auth-Roles: admin"],
  ["a percent sign", "100%41"],
  ["what closes a header", 'Ann", admin; x=y'],
])("carries %s as it was said, and as nothing else", async (_, displayName) => {
  const { status, identity } = await identityOf({ displayName });
  expect(status).toBe(200);
  expect(Object.keys(identity).toSorted()).toEqual(IDENTITY_HEADERS);
  expect(identity["x-auth-roles"]).toBe("member");
  const name = identity["x-auth-name"] ?? "";
  expect(name).toMatch(/^[\x21-\x7e]*$/);
  expect(decodeURIComponent(name).replace(/\s+/g, " ")).toBe(displayName.replace(/\s+/g, " "));
});

it("keeps a group with a comma one group", async () => {
  const { identity } = await identityOf({ groups: ["Sales, admins", "Executives"] });
  expect((identity["x-auth-groups"] ?? "").split(",").map(decodeURIComponent).toSorted()).toEqual([
    "Executives",
    "Sales, admins",
  ]);
});

it("gives each header, also an empty one, so that a proxy overwrites what the client sent", async () => {
  const { accessToken } = await tokensOf(site, acme, person("bea@acme.example.test"), { scope: "openid" });
  const forged = Object.fromEntries(IDENTITY_HEADERS.map((name) => [name, "admin"]));
  const answer = await fetch(`${site.gateway.url}/session/verify?audience=${site.application.clientId}`, {
    headers: { ...forged, authorization: `Bearer ${accessToken}` },
  });
  const identity = Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith("x-auth-")));
  expect(Object.keys(identity).toSorted()).toEqual(IDENTITY_HEADERS);
  expect(identity).toMatchObject({ "x-auth-email": "", "x-auth-name": "", "x-auth-groups": "" });
  expect(Object.values(identity)).not.toContain("admin");
});
