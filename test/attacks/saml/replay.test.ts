/**
 * Replay: one response is posted again, by whoever saw it, until two of its posts race past the check.
 * SAML 2.0 Profiles §4.1.4.5 (the service provider must keep the IDs of used assertions); CWE-294, and CWE-367 for the
 * race; CVE-2026-49284 shows what an unbound InResponseTo adds to it.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, newIdp, signIn } from "./victim.ts";

const idp = newIdp();
let site: SamlSite;
let tenant: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  tenant = await site.addTenant("acme", { metadataXml: idp.metadata() });
});
afterAll(() => site.stop());

it("makes exactly one session of 50 posts at once, and that one is good", async () => {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const fields = { SAMLResponse: answer(tenant, idp, departure), RelayState: departure.relayState };
  const pages = await Promise.all(Array.from({ length: 50 }, () => browser.post(tenant.acsUrl, fields)));
  const [entered, ...more] = pages.filter(letIn);
  expect([more.length, pages.filter(({ status }) => status === 400).length]).toEqual([0, 49]);
  expect(await tenant.sessions()).toBe(1);
  expect(await tenant.lastRecord()).toEqual(expect.objectContaining({ errorCode: "login_used" }));
  if (entered === undefined) {
    throw new Error("nobody got in");
  }
  expect(await tenant.arrive(browser, departure, entered)).toMatchObject({ email: "jo@example.test" });
});

it("refuses a response that its own browser posts again", async () => {
  const browser = site.newBrowser();
  const { departure, page } = await signIn(tenant, browser, (each) => answer(tenant, idp, each));
  expect(letIn(page)).toBe(true);
  const fields = { SAMLResponse: answer(tenant, idp, departure), RelayState: departure.relayState };
  expect((await tenant.post(browser, fields)).status).toBe(400);
  expect(await tenant.lastRecord()).toMatchObject({ outcome: "failure", errorCode: "login_used" });
});

it("refuses an assertion that another login has used, even where all else fits", async () => {
  const assertionId = "_used-once";
  const attempt = () =>
    signIn(tenant, site.newBrowser(), (departure) => answer(tenant, idp, departure, { assertionId }));
  expect(letIn((await attempt()).page)).toBe(true);
  expect((await attempt()).page.status).toBe(400);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "response_replayed" });
});

it("knows used assertions by connection: two IdPs may happen upon one ID", async () => {
  const other = await site.addTenant("bravo", { metadataXml: idp.metadata() });
  const assertionId = "_used-by-two";
  for (const each of [tenant, other]) {
    const { page } = await signIn(each, site.newBrowser(), (departure) =>
      answer(each, idp, departure, { assertionId }),
    );
    expect(letIn(page)).toBe(true);
  }
});
