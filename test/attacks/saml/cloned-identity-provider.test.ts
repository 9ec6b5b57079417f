/**
 * Cloned identity provider: a second organization sets up its connection with the first one's entity ID and makes up
 * the first one's subjects. A gateway that looks connections up by issuer, or people by subject or email, lets it in.
 * Mainka, Mladenov, Schwenk: Do not trust me: Using malicious IdPs for analyzing and attacking Single Sign-On
 * (EuroS&P 2016), ID spoofing; CVE-2026-49283 and CVE-2026-49284 (SimpleSAMLphp: one IdP's response taken for another's).
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, newIdp, signIn } from "./victim.ts";

const PERSON = { nameId: "boss@acme.example.test", attributes: { email: "boss@acme.example.test" } };

const idp = newIdp();
const clone = newIdp(idp.entityId); // with the attacker's own key
let site: SamlSite;
let victim: SamlTenant;
let attacker: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  victim = await site.addTenant("acme", { metadataXml: idp.metadata() }, { domains: ["acme.example.test"] });
  attacker = await site.addTenant(
    "evil",
    { metadataXml: clone.metadata() },
    { domains: ["evil.example.test"] },
  );
});
afterAll(() => site.stop());

async function claimsOf(tenant: SamlTenant, of: typeof idp) {
  const browser = site.newBrowser();
  const { departure, page } = await signIn(tenant, browser, (each) => answer(tenant, of, each, PERSON));
  return tenant.arrive(browser, departure, page);
}

it("keeps its people apart from the original's: another user, another organization, no verified address", async () => {
  const boss = await claimsOf(victim, idp);
  expect(boss).toMatchObject({ org_slug: "acme", email: PERSON.nameId, email_verified: true });
  const impostor = await claimsOf(attacker, clone);
  expect(impostor).toMatchObject({ org_slug: "evil", email: PERSON.nameId, email_verified: false });
  expect(impostor.sub).not.toBe(boss.sub);
  expect((await claimsOf(victim, idp)).sub, "the original is still who they were").toBe(boss.sub);
});

describe("at the original's own endpoints", () => {
  it("its signature does not count", async () => {
    const { page } = await signIn(victim, site.newBrowser(), (each) => answer(victim, clone, each, PERSON));
    expect(letIn(page)).toBe(false);
    expect(await victim.lastRecord()).toMatchObject({ errorCode: "signature_invalid" });
  });

  it("a response made for the clone's connection is refused, with the same key in both", async () => {
    const twin = await site.addTenant("twin", { metadataXml: idp.metadata() });
    const { page } = await signIn(victim, site.newBrowser(), (each) => answer(twin, idp, each, PERSON));
    expect(letIn(page)).toBe(false);
    expect(await victim.lastRecord()).toMatchObject({ errorCode: "destination_mismatch" });
  });

  it("a sign-in that was started at the clone's connection cannot end here", async () => {
    const browser = site.newBrowser();
    const departure = await attacker.leave(browser);
    const fields = { SAMLResponse: answer(victim, idp, departure), RelayState: departure.relayState };
    expect(letIn(await victim.post(browser, fields))).toBe(false);
    expect(await victim.lastRecord()).toMatchObject({ errorCode: "login_unknown" });
    const home = { ...fields, SAMLResponse: answer(attacker, clone, departure, PERSON) };
    expect(letIn(await attacker.post(browser, home))).toBe(true);
  });
});
