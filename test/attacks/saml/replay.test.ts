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

it("makes exactly one session of 50 posts at once, as by double clicks: all end where the first did", async () => {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const fields = { SAMLResponse: answer(tenant, idp, departure), RelayState: departure.relayState };
  const pages = await Promise.all(Array.from({ length: 50 }, () => browser.post(tenant.acsUrl, fields)));
  expect(pages.every(letIn)).toBe(true);
  // Each with a code of its own, since a code counts once.
  const withoutCode = ({ location }: (typeof pages)[number]) => location.replace(/code=[^&]+/, "");
  expect(new Set(pages.map(withoutCode)).size).toBe(1);
  expect(await tenant.sessions()).toBe(1);
  expect(await tenant.lastRecord()).toMatchObject({ outcome: "success" });
  const [entered] = pages;
  if (entered === undefined) {
    throw new Error("nobody got in");
  }
  expect(await tenant.arrive(browser, departure, entered)).toMatchObject({ email: "jo@example.test" });
});

it("refuses the same response from another browser, at once and afterwards", async () => {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const fields = { SAMLResponse: answer(tenant, idp, departure), RelayState: departure.relayState };
  const stranger = site.newBrowser();
  await tenant.leave(stranger); // has a cookie of its own
  const before = await tenant.sessions();
  const [own, theirs] = await Promise.all([tenant.post(browser, fields), tenant.post(stranger, fields)]);
  expect([letIn(own), theirs.status]).toEqual([true, 403]);
  for (const other of [stranger, site.newBrowser()]) {
    expect((await tenant.post(other, fields)).status).toBe(403);
    expect(await tenant.lastRecord()).toMatchObject({ outcome: "failure", errorCode: "login_other_browser" });
  }
  expect(await tenant.sessions()).toBe(before + 1);
});

it("refuses another response to the same request, at once: one of two signs in", async () => {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const { relayState: RelayState } = departure;
  const before = await tenant.sessions();
  const pages = await Promise.all(
    ["_one", "_two"].map((assertionId) =>
      browser.post(tenant.acsUrl, {
        SAMLResponse: answer(tenant, idp, departure, { assertionId }),
        RelayState,
      }),
    ),
  );
  expect(pages.map(({ status }) => status).sort()).toEqual([303, 400]);
  expect(await tenant.sessions()).toBe(before + 1);
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
