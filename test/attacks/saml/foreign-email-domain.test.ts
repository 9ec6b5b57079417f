/**
 * Email of another organization's domain: an IdP may assert any address, so whoever has a tenant of their own becomes
 * anybody where accounts are matched by email.
 * "nOAuth" (Descope, 2023: accounts matched by an unverified email claim); Ghasemisharif et al.: O Single Sign-Off,
 * Where Art Thou? (USENIX Security 2018), account linking; CWE-290.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, newIdp, signIn } from "./victim.ts";

const CEO = "ceo@victim.example.test";

const idp = newIdp();
const evil = newIdp("https://idp.evil.example.test");
let site: SamlSite;
let victim: SamlTenant;
let attacker: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  victim = await site.addTenant(
    "victim",
    { metadataXml: idp.metadata() },
    { domains: ["victim.example.test"] },
  );
  attacker = await site.addTenant(
    "evil",
    { metadataXml: evil.metadata() },
    { domains: ["evil.example.test"] },
  );
});
afterAll(() => site.stop());

async function claimsOf(tenant: SamlTenant, of: typeof idp, email: string, nameId = email) {
  const browser = site.newBrowser();
  const { departure, page } = await signIn(tenant, browser, (each) =>
    answer(tenant, of, each, { nameId, attributes: { email } }),
  );
  return tenant.arrive(browser, departure, page);
}

it("makes a stranger of whoever asserts it elsewhere, in the attacker's organization, unverified", async () => {
  const ceo = await claimsOf(victim, idp, CEO);
  expect(ceo).toMatchObject({ org_slug: "victim", email_verified: true });
  const impostor = await claimsOf(attacker, evil, CEO);
  expect(impostor).toMatchObject({ org_slug: "evil", email: CEO, email_verified: false, roles: ["member"] });
  expect(impostor.sub).not.toBe(ceo.sub);
});

it("links by email inside the organization that has verified the domain, and only there", async () => {
  const first = await claimsOf(victim, idp, "jo@victim.example.test", "jo-1");
  const second = await claimsOf(victim, idp, "jo@victim.example.test", "jo-2");
  expect(second.sub).toBe(first.sub);
  const here = await claimsOf(attacker, evil, "jo@victim.example.test", "jo-1");
  const again = await claimsOf(attacker, evil, "jo@victim.example.test", "jo-2");
  expect(again.sub, "an unverified address links nobody").not.toBe(here.sub);
});

it.each([
  ["a domain that merely ends like it", "ceo@notvictim.example.test"],
  ["a domain below it", "ceo@mail.victim.example.test"],
  ["letters that only look like it", "ceo@viсtim.example.test"],
])("does not take %s for the verified one", async (_, email) => {
  expect(await claimsOf(victim, idp, email)).toMatchObject({ email, email_verified: false });
  expect(await claimsOf(victim, idp, "ceo@victim.example.test")).toMatchObject({ email_verified: true });
});

it("takes letters of another width for what a resolver takes them for: the victim's, so unverified", async () => {
  const email = "ceo@ｖictim.example.test";
  const folded = "ceo@victim.example.test";
  expect(await claimsOf(attacker, evil, email)).toMatchObject({ email: folded, email_verified: false });
});

it.each(["/", "\\", "?", "#", "@", ":@", "%00"])(
  "takes no address with %j behind the attacker's own domain, which ends like the victim's",
  async (delimiter) => {
    const claims = await claimsOf(attacker, evil, `ceo@evil.example.test${delimiter}.victim.example.test`);
    expect([claims.email, claims.email_verified]).toEqual([undefined, undefined]);
    const own = await claimsOf(attacker, evil, "ceo@evil.example.test");
    expect(own).toMatchObject({ email_verified: true });
  },
);
