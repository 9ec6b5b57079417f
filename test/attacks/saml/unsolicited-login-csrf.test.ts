/**
 * Login CSRF and stolen responses where a connection takes people in from the IdP's own pages: an unsolicited response
 * does not say whose browser it was made for, so the attacker has the victim's browser post their own, or posts the
 * victim's.
 * OWASP SAML Security Cheat Sheet, "Unsolicited Response (ie. IdP Initiated SSO) Considerations"; Armando et al.: An
 * Authentication Flaw in Browser-based Single Sign-On Protocols (2013); CWE-352, CWE-294.
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { addOpenTenant, answerRestart, authorize, startsOver, unsolicited } from "./portal.ts";
import { newIdp } from "./victim.ts";

const idp = newIdp();
const attackers = { nameId: "attacker@acme.example.test" };
const victims = { nameId: "victim@acme.example.test" };
let site: SamlSite;
let tenant: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  tenant = await addOpenTenant(site, "acme", idp);
});
afterAll(() => site.stop());

describe("the attacker's response, posted by the victim's browser,", () => {
  it("signs nobody in: the IdP is asked who is there", async () => {
    const page = await tenant.post(site.newBrowser(), { SAMLResponse: unsolicited(tenant, idp, attackers) });
    expect([page.status, startsOver(page)]).toEqual([303, true]);
    expect(await tenant.sessions()).toBe(0);
  });

  it("makes the victim nobody but themselves", async () => {
    const victim = site.newBrowser();
    const page = await tenant.post(victim, { SAMLResponse: unsolicited(tenant, idp, attackers) });
    await answerRestart(tenant, idp, victim, page, victims);
    const { start, location } = await authorize(site, site.application, victim);
    expect(await site.application.claimsOf(start, location)).toMatchObject({ email: victims.nameId });
  });

  it("does not answer the request that it has led to", async () => {
    const victim = site.newBrowser();
    const SAMLResponse = unsolicited(tenant, idp, attackers);
    const page = await tenant.post(victim, { SAMLResponse });
    const RelayState = new URL(page.location).searchParams.get("RelayState") ?? "";
    expect((await tenant.post(victim, { SAMLResponse, RelayState })).status).toBe(400);
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "in_response_to_missing" });
  });
});

describe("the victim's response, posted by the attacker's browser,", () => {
  it("leaves the attacker where they were: in front of the IdP", async () => {
    const sessions = await tenant.sessions();
    const attacker = site.newBrowser();
    const page = await tenant.post(attacker, { SAMLResponse: unsolicited(tenant, idp, victims) });
    expect(startsOver(page)).toBe(true);
    expect(await tenant.sessions()).toBe(sessions);
    expect(startsOver(await leaveAgain(attacker))).toBe(true);
  });

  it("does not answer a sign-in that the attacker has under way", async () => {
    const attacker = site.newBrowser();
    const { relayState: RelayState } = await tenant.leave(attacker);
    const SAMLResponse = unsolicited(tenant, idp, victims);
    expect((await tenant.post(attacker, { SAMLResponse, RelayState })).status).toBe(400);
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "in_response_to_missing" });
  });
});

it("refuses the answer to a restarted sign-in from any browser but that which was sent away", async () => {
  const page = await tenant.post(site.newBrowser(), { SAMLResponse: unsolicited(tenant, idp, victims) });
  const stolen = await answerRestart(tenant, idp, site.newBrowser(), page, victims);
  expect(stolen.status).toBe(403);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "login_other_browser" });
});

/** The application asks on behalf of a browser that only an unsolicited response was posted by. */
async function leaveAgain(browser: Parameters<SamlTenant["leave"]>[0]) {
  return (await tenant.leave(browser)).page;
}
