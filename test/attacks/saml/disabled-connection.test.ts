/**
 * Disabled connection: an organization has turned its IdP off, perhaps because it was taken over; whatever the IdP
 * still signs must not count, also for sign-ins that were under way.
 * CWE-863; Mainka, Mladenov, Schwenk: Do not trust me: Using malicious IdPs for analyzing and attacking Single Sign-On
 * (EuroS&P 2016) on what an IdP that has turned against its customers can say.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
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

const setStatus = async (status: "active" | "disabled") => {
  const path = `/organizations/${tenant.slug}/connections/${tenant.connectionId}`;
  expect((await site.gateway.api("PATCH", path, { status })).status).toBe(200);
};

it("refuses the answer to a request from before, and starts no further one", async () => {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const fields = { SAMLResponse: answer(tenant, idp, departure), RelayState: departure.relayState };
  await setStatus("disabled");

  expect((await tenant.post(browser, fields)).status).toBe(403);
  expect(await tenant.lastRecord()).toMatchObject({ outcome: "failure", errorCode: "connection_disabled" });
  expect(await tenant.sessions()).toBe(0);
  await expect(tenant.leave(site.newBrowser())).rejects.toThrow(/answered 403/);

  await setStatus("active");
  expect((await tenant.post(browser, fields)).status, "what was refused stays refused").toBe(403);
  const again = site.newBrowser();
  const next = await tenant.leave(again);
  const honest = { SAMLResponse: answer(tenant, idp, next), RelayState: next.relayState };
  expect(letIn(await tenant.post(again, honest))).toBe(true);
});
