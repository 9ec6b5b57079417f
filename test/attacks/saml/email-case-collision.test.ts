/**
 * Case mapping collisions: an address with a letter whose lower case is another letter becomes somebody else's.
 * Unicode Technical Report #36 (Unicode Security Considerations); GitHub's password reset with a dotless i
 * (Gracey, 2019); CVE-2019-19844 (Django: password reset by a colliding address).
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, newIdp, signIn } from "./victim.ts";

const idp = newIdp();
let site: SamlSite;
let tenant: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  tenant = await site.addTenant("acme", { metadataXml: idp.metadata() });
});
afterAll(() => site.stop());

async function claimsOf(nameId: string, email: string) {
  const browser = site.newBrowser();
  const nameIdFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
  const { departure, page } = await signIn(tenant, browser, (each) =>
    answer(tenant, idp, each, { nameId, nameIdFormat, attributes: { email } }),
  );
  return tenant.arrive(browser, departure, page);
}

it("takes capitals for what they are: the same address, and the same person", async () => {
  const mike = await claimsOf("mike-1", "mike@acme.example.test");
  const shouting = await claimsOf("mike-2", "MIKE@ACME.example.test");
  expect(shouting).toMatchObject({ sub: mike.sub, email: "mike@acme.example.test" });
});

it.each([
  ["the Kelvin sign", "mi\u212ae@acme.example.test"],
  ["a dotless i", "m\u0131ke@acme.example.test"],
  ["a dotted capital i", "m\u0130ke@acme.example.test"],
  ["letters of another width", "ｍike@acme.example.test"],
  ["an invisible character", "mike\u200b@acme.example.test"],
])("makes no other person of somebody with %s", async (name, email) => {
  const mike = await claimsOf("mike-1", "mike@acme.example.test");
  const other = await claimsOf(name, email);
  expect(other.sub).not.toBe(mike.sub);
  expect(other.email).not.toBe(mike.email);
});
