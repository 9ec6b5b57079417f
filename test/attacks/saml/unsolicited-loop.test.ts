/**
 * An IdP (or whoever plays one) that answers each request with yet another unsolicited response, to keep browser and
 * gateway busy: each would start over for ever.
 * CWE-835, CWE-400.
 */

import { submitForm } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { addOpenTenant, answerRestart, startsOver, unsolicited } from "./portal.ts";
import { newIdp } from "./victim.ts";

const idp = newIdp();
let site: SamlSite;
let tenant: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  tenant = await addOpenTenant(site, "acme", idp);
});
afterAll(() => site.stop());

it("ends on a page after three requests that were not answered, also where the application had asked", async () => {
  const browser = site.newBrowser();
  await tenant.leave(browser);
  const fields = { SAMLResponse: unsolicited(tenant, idp) };
  for (let round = 1; round <= 3; round++) {
    expect(startsOver(await tenant.post(browser, fields))).toBe(true);
  }
  const end = await tenant.post(browser, fields);
  expect([end.status, end.body]).toEqual([400, expect.stringContaining("goes round in circles")]);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "idp_initiated_loop" });
});

it("ends on a page where the browser keeps no cookie by which a circle would show", async () => {
  let page = await site
    .newBrowser()
    .post(tenant.acsUrl, { SAMLResponse: unsolicited(tenant, idp) }, "fromOtherSite");
  let posts = 1;
  for (; page.status === 200 && posts < 10; posts++) {
    page = await submitForm(site.newBrowser(), page);
  }
  expect([posts, page.status]).toEqual([3, 403]);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "cookies_blocked" });
});

it("does not take somebody for a circle who comes again and again, and is answered", async () => {
  const browser = site.newBrowser();
  for (let visit = 1; visit <= 5; visit++) {
    const page = await tenant.post(browser, { SAMLResponse: unsolicited(tenant, idp) });
    const landed = await answerRestart(tenant, idp, browser, page);
    expect(landed.location).toContain(site.application.initiateLoginUri);
  }
});
