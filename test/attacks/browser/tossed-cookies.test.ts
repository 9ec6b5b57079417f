/**
 * Cookie tossing: a neighbouring subdomain sets cookies of the attacker's for the whole domain, under the names that the
 * gateway's have, or such as a careless server takes for them, so that the victim's browser passes for the attacker's.
 * RFC 6265bis, 4.1.3 and 8.6; Fedotkin: Cookie Chaos: How to bypass __Host and __Secure cookie prefixes (PortSwigger
 * 2025); CWE-384, CWE-565.
 */

import type { Browser } from "@sallyport/testing-browser";
import { submitForm } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { CALLBACK } from "../../harness/application.ts";
import { unsolicited } from "../saml/portal.ts";
import { type BrowserSite, DOMAIN, plantAll, startBrowserSite } from "./site.ts";

const attackers = "attacker@acme.example.test";
let site: BrowserSite;
let attacker: Browser;
let victim: Browser;
beforeAll(async () => {
  site = await startBrowserSite();
});
afterAll(() => site.stop());
beforeEach(() => {
  [attacker, victim] = [site.newBrowser(), site.newBrowser()];
});

it("gives browsers no cookie that a neighbour could set", async () => {
  await site.signIn(attacker, site.saml, attackers);
  await site.start(attacker, { prompt: "login" });
  const held = attacker.cookies.held();
  expect(held.length).toBeGreaterThan(0);
  for (const cookie of held) {
    expect([cookie.path, attacker.cookies.plant(DOMAIN, cookie)]).toEqual(["/", false]);
  }
});

it("does not sign the victim in as the attacker by the attacker's session", async () => {
  await site.signIn(attacker, site.saml, attackers);
  plantAll(attacker, victim);
  const silent = { prompt: "none" };
  expect((await site.start(victim, silent)).page.location).toContain("error=login_required");
  expect((await site.start(attacker, silent)).page.location).toContain(`${CALLBACK}?code=`);
});

it("lets a sign-out take the session's cookie away, prefix and all", async () => {
  await site.signIn(victim, site.saml, "victim@acme.example.test");
  const ofSession = () => victim.cookies.held().filter(({ name }) => name.includes("sallyport_session"));
  expect(ofSession()).toHaveLength(2); // the second is its signature
  await submitForm(victim, await victim.get(site.application.signOutUrl));
  expect(ofSession()).toEqual([]);
});

it("does not take the victim's browser for the attacker's", async () => {
  const { location } = await attacker.get(site.application.startUrl({}).url);
  plantAll(attacker, victim);
  expect((await victim.get(location)).status).toBe(404);
  expect((await attacker.get(location)).status).toBe(200);
});

it("does not give the victim the session that waits for the attacker", async () => {
  const { tenant, idp } = site.saml;
  const atIdp = await tenant.post(attacker, {
    SAMLResponse: unsolicited(tenant, idp, { nameId: attackers }),
  });
  await site.saml.throughIdp(attacker, atIdp, attackers);
  plantAll(attacker, victim);
  const choice = { organization: site.saml.slug };
  expect((await site.start(victim, choice)).page.location).toContain("SAMLRequest=");
  expect((await site.start(attacker, choice)).page.location).toContain(`${CALLBACK}?code=`);
});
