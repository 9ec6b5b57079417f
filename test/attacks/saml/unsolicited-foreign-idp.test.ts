/**
 * An unsolicited response from somewhere else: another organization's IdP, somebody's forgery, another connection's
 * own; where people are taken in without a request, nothing but the response says where it belongs.
 * Mainka, Mladenov, Schwenk: Do not trust me: Using malicious IdPs for analyzing and attacking Single Sign-On
 * (EuroS&P 2016); CVE-2026-49283 (SimpleSAMLphp: one IdP's response taken for another's); CWE-346.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { addOpenTenant, answerRestart, authorize, startsOver, unsolicited } from "./portal.ts";
import { newIdp } from "./victim.ts";

const idp = newIdp();
const evil = newIdp("https://evil.example.test/metadata");
const clone = newIdp(idp.entityId);
let site: SamlSite;
let victim: SamlTenant;
let attacker: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  victim = await addOpenTenant(site, "acme", idp);
  attacker = await addOpenTenant(site, "evil", evil);
});
afterAll(() => site.stop());

it.each([
  ["another organization's IdP", () => unsolicited(victim, evil)],
  ["a clone with a key of its own", () => unsolicited(victim, clone)],
  ["the IdP itself, for another connection", () => unsolicited(attacker, idp)],
  ["the IdP itself, unsigned", () => unsolicited(victim, idp, { sign: "none" })],
])("leads to the connection's own IdP, whose answer alone counts: by %s", async (_name, respond) => {
  const browser = site.newBrowser();
  const page = await victim.post(browser, { SAMLResponse: respond() });
  expect(page.location).toMatch(/^https:\/\/idp\.example\.test\/sso\?SAMLRequest=/);

  const forged = await answerRestart(victim, evil, browser, page);
  expect(forged.status).toBe(400);
  expect(await victim.lastRecord()).toMatchObject({ outcome: "failure" });
  expect(await victim.sessions()).toBe(0);
});

it("cannot end at another connection than it was started over at", async () => {
  const browser = site.newBrowser();
  const page = await attacker.post(browser, { SAMLResponse: unsolicited(attacker, evil) });
  const crossed = await answerRestart(victim, idp, browser, page);
  expect([crossed.status, startsOver(crossed)]).toEqual([400, false]);
  expect(await victim.lastRecord()).toMatchObject({ errorCode: "login_unknown" });
});

it("is not what an application gets that asks for another organization", async () => {
  const browser = site.newBrowser();
  const page = await attacker.post(browser, { SAMLResponse: unsolicited(attacker, evil) });
  await answerRestart(attacker, evil, browser, page);
  const { location } = await authorize(site, site.application, browser, { organization: "acme" });
  expect(location).toMatch(/^https:\/\/idp\.example\.test\/sso\?SAMLRequest=/);
});

it.each([
  ["no XML", "bm90IFhNTA=="],
  ["a document type", Buffer.from("<!DOCTYPE x><x/>").toString("base64")],
  ["another message", Buffer.from("<x/>").toString("base64")],
])("is refused where it is %s", async (_name, SAMLResponse) => {
  const page = await victim.post(site.newBrowser(), { SAMLResponse });
  expect([page.status, startsOver(page)]).toEqual([400, false]);
  expect(await victim.lastRecord()).toMatchObject({ errorCode: "response_unsolicited" });
});
