/**
 * RelayState as an open redirect: many service providers send the browser to whatever RelayState says.
 * CWE-601; SAML 2.0 Bindings §3.4.3, §3.5.3 (RelayState must not exceed 80 bytes, and its integrity is for its creator
 * to protect); RFC 9700 §4.11 on what open redirectors do to logins.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { CALLBACK } from "../../harness/application.ts";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, newIdp } from "./victim.ts";

const idp = newIdp();
let site: SamlSite;
let tenant: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  tenant = await site.addTenant("acme", { metadataXml: idp.metadata() });
});
afterAll(() => site.stop());

it.each([
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example",
  "/console",
  "javascript:alert(1)",
  "https://app.example.test.evil.example/callback",
  `https://evil.example/${"x".repeat(2_000)}`,
])("signs in to the application that asked, and goes nowhere for %j", async (RelayState) => {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const SAMLResponse = answer(tenant, idp, departure);
  const page = await tenant.post(browser, { SAMLResponse, RelayState });
  expect(letIn(page)).toBe(true);
  expect(page.location.startsWith(`${CALLBACK}?`)).toBe(true);
  expect(`${page.location}${page.body}`).not.toContain("evil.example");
  expect(await tenant.arrive(browser, departure, page)).toMatchObject({ org_slug: "acme" });
});

it("goes nowhere for one that looks like ours, and the sign-in stays open for its own", async () => {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const SAMLResponse = answer(tenant, idp, departure);
  const page = await tenant.post(browser, { SAMLResponse, RelayState: `login_${"A".repeat(43)}` });
  expect([page.status, page.location]).toEqual([400, ""]);
  expect(await tenant.lastRecord()).toMatchObject({ outcome: "failure", errorCode: "login_unknown" });

  const honest = await tenant.post(browser, { SAMLResponse, RelayState: departure.relayState });
  expect(letIn(honest)).toBe(true);
  expect(honest.location.startsWith(`${CALLBACK}?`)).toBe(true);
  expect(await tenant.arrive(browser, departure, honest)).toMatchObject({ org_slug: "acme" });
});

it("refuses one that is longer than any address, in the page that posts it again too", async () => {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const fields = { SAMLResponse: answer(tenant, idp, departure), RelayState: "x".repeat(2_049) };
  expect((await browser.post(tenant.acsUrl, fields, "fromOtherSite")).status).toBe(400);
});

it("writes a RelayState that breaks out of an attribute as text into the page that posts it again", async () => {
  const RelayState = `"><script src="https://evil.example/x.js">`;
  const page = await site
    .newBrowser()
    .post(tenant.acsUrl, { SAMLResponse: "eA==", RelayState }, "fromOtherSite");
  expect(page.status).toBe(200);
  expect(page.body).not.toContain('<script src="https://evil.example');
  expect(page.body).toContain("&quot;&gt;&lt;script");
});
