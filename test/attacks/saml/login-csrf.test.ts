/**
 * Login CSRF: the attacker signs in at the IdP, keeps the response, and has the victim's browser post it; the victim
 * then works in the attacker's account.
 * Barth, Jackson, Mitchell: Robust Defenses for Cross-Site Request Forgery (CCS 2008); Armando et al.: An
 * Authentication Flaw in Browser-based Single Sign-On Protocols (2013); CWE-352.
 */

import { type Browser, formOf } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Departure, type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, newIdp } from "./victim.ts";

const idp = newIdp();
let site: SamlSite;
let tenant: SamlTenant;
let attacker: Browser;
let departure: Departure;
let kept: { SAMLResponse: string; RelayState: string };
beforeAll(async () => {
  site = await startSamlSite();
  tenant = await site.addTenant("acme", { metadataXml: idp.metadata() });
  attacker = site.newBrowser();
  departure = await tenant.leave(attacker);
  const SAMLResponse = answer(tenant, idp, departure, { nameId: "attacker@acme.example.test" });
  kept = { SAMLResponse, RelayState: departure.relayState };
});
afterAll(() => site.stop());

describe("the attacker's response", () => {
  it("is refused from a browser that was never here", async () => {
    expect((await tenant.post(site.newBrowser(), kept)).status).toBe(403);
    expect(await tenant.lastRecord()).toMatchObject({ outcome: "failure", errorCode: "login_other_browser" });
  });

  it("is refused from a browser that has a sign-in of its own under way", async () => {
    const victim = site.newBrowser();
    await tenant.leave(victim);
    expect((await tenant.post(victim, kept)).status).toBe(403);
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "login_other_browser" });
  });

  it("is refused for the victim's own sign-in: it answers another request", async () => {
    const victim = site.newBrowser();
    const { relayState: RelayState } = await tenant.leave(victim);
    expect((await tenant.post(victim, { ...kept, RelayState })).status).toBe(400);
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "in_response_to_mismatch" });
  });

  it("is refused where the post claims to be the second one, which needs no cookie from elsewhere", async () => {
    const fields = { ...kept, sallyport_second_post: "1" };
    expect((await site.newBrowser().post(tenant.acsUrl, fields)).status).toBe(403);
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "login_other_browser" });
  });

  it("still signs in the browser that started: what strangers did with it has used nothing up", async () => {
    const page = await tenant.post(attacker, kept);
    expect(letIn(page)).toBe(true);
    expect(await tenant.arrive(attacker, departure, page)).toMatchObject({
      email: "attacker@acme.example.test",
    });
    expect(await tenant.sessions()).toBe(1);
  });
});

it("refuses a link to the attacker's unfinished sign-in: whoever follows it would sign in for them", async () => {
  const start = site.application.startUrl({}); // which organization, a page of ours asks
  const sender = site.newBrowser();
  const { location } = await sender.get(start.url);
  expect(location).toContain("/sign-in/");
  const victim = await site.newBrowser().get(location);
  expect([victim.status, victim.location]).toEqual([404, ""]);

  const page = await sender.get(location);
  const { action, fields } = formOf(page);
  const answered = { ...fields, email: "ann@acme.example.test" };
  expect((await site.newBrowser().post(action, answered)).status).toBe(403);
  expect((await sender.post(action, answered)).location).toContain("SAMLRequest=");
});
