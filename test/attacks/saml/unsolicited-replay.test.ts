/**
 * Replay of an unsolicited response: nothing ties it to a login of ours, so there is nothing to use up, and it may be
 * posted by whoever has it, as often as they like.
 * SAML 2.0 Profiles §4.1.4.5, §4.1.5; CWE-294.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { addOpenTenant, answerRestart, authorize, startsOver, unsolicited } from "./portal.ts";
import { newIdp } from "./victim.ts";

const idp = newIdp();
let site: SamlSite;
let tenant: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  tenant = await addOpenTenant(site, "acme", idp);
});
afterAll(() => site.stop());

it("signs nobody in, however often and by however many it is posted", async () => {
  const fields = { SAMLResponse: unsolicited(tenant, idp) };
  const pages = await Promise.all(Array.from({ length: 20 }, () => tenant.post(site.newBrowser(), fields)));
  expect(pages.filter(startsOver)).toHaveLength(20);
  expect(await tenant.sessions()).toBe(0);
});

it("uses nothing up: the person whose it was signs in all the same, once", async () => {
  const fields = { SAMLResponse: unsolicited(tenant, idp) };
  await tenant.post(site.newBrowser(), fields);
  const owner = site.newBrowser();
  const page = await tenant.post(owner, fields);
  const landed = await answerRestart(tenant, idp, owner, page);
  expect(landed.location).toContain(site.application.initiateLoginUri);
  expect(await tenant.sessions()).toBe(1);

  expect((await answerRestart(tenant, idp, owner, page)).status).toBe(400);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "login_used" });
  const { start, location } = await authorize(site, site.application, owner);
  expect(await site.application.claimsOf(start, location)).toMatchObject({ email: "jo@example.test" });
  expect(await tenant.sessions()).toBe(1);
});

it("is refused where the connection does not take people in, as ever", async () => {
  const closed = await site.addTenant("closed", { metadataXml: idp.metadata() });
  const page = await closed.post(site.newBrowser(), { SAMLResponse: unsolicited(closed, idp) });
  expect(page.status).toBe(400);
  expect(await closed.lastRecord()).toMatchObject({ errorCode: "response_unsolicited" });
});
