/**
 * Some IdPs lose RelayState or put their own in its place. The login is then found by what the response answers and by
 * the browser: which must not let anybody in whose browser made no such request.
 * Login CSRF (CWE-352), SAML 2.0 Bindings §3.5.3, Profiles §4.1.4.3 (InResponseTo).
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, newIdp } from "./victim.ts";

const idp = newIdp();
let site: SamlSite;
let tenant: SamlTenant;
let other: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  tenant = await site.addTenant("acme", { metadataXml: idp.metadata() });
  other = await site.addTenant("bravo", { metadataXml: idp.metadata() });
});
afterAll(() => site.stop());

describe.each([
  ["lost", undefined],
  ["empty", ""],
  ["replaced by a page's address", "https://intranet.example.test/start"],
])("a RelayState that is %s", (_what, RelayState) => {
  const lost = (SAMLResponse: string) =>
    RelayState === undefined ? { SAMLResponse } : { SAMLResponse, RelayState };

  it("signs in the browser whose request the response answers, and says so in the record", async () => {
    const browser = site.newBrowser();
    const departure = await tenant.leave(browser);
    const page = await tenant.post(browser, lost(answer(tenant, idp, departure)));
    expect(letIn(page)).toBe(true);
    expect(await tenant.arrive(browser, departure, page)).toMatchObject({ email: "jo@example.test" });
    const record = await tenant.lastRecord();
    expect(record).toMatchObject({ outcome: "success" });
    expect(JSON.stringify(record.steps)).toContain(`"relayState":"${RelayState ? "changed" : "missing"}"`);
  });

  it("tells two tabs of one browser apart", async () => {
    const browser = site.newBrowser();
    const departures = [await tenant.leave(browser), await tenant.leave(browser)];
    for (const departure of departures) {
      const page = await tenant.post(browser, lost(answer(tenant, idp, departure)));
      expect(letIn(page)).toBe(true);
      expect(await tenant.arrive(browser, departure, page)).toMatchObject({ org_slug: "acme" });
    }
  });

  it("signs nobody in who brings the answer to another browser's request, and keeps what they brought", async () => {
    const attacker = await tenant.leave(site.newBrowser());
    const SAMLResponse = answer(tenant, idp, attacker);
    const victim = site.newBrowser();
    await tenant.leave(victim);
    const before = await tenant.sessions();
    for (const browser of [victim, site.newBrowser()]) {
      const page = await tenant.post(browser, lost(SAMLResponse));
      expect([page.status, page.location]).toEqual([400, ""]);
      const record = await tenant.lastRecord();
      expect(record.outcome).toBe("failure");
      expect(JSON.stringify(record.steps)).toContain(
        `RelayState came back ${RelayState ? "changed" : "missing"}`,
      );
      expect(record.response).toContain(`InResponseTo="${attacker.id}"`);
      expect(record.response).toMatch(/SignatureValue[^>]*>\[masked\]</);
    }
    expect(await tenant.sessions()).toBe(before);
  });

  it("signs in once: a second response to the same request finds no login that waits", async () => {
    const browser = site.newBrowser();
    const departure = await tenant.leave(browser);
    expect(letIn(await tenant.post(browser, lost(answer(tenant, idp, departure))))).toBe(true);
    const before = await tenant.sessions();
    expect((await tenant.post(browser, lost(answer(tenant, idp, departure)))).status).toBe(400);
    expect(await tenant.sessions()).toBe(before);
  });

  it("does not find the login of another connection", async () => {
    const browser = site.newBrowser();
    const departure = await tenant.leave(browser);
    const page = await other.post(browser, lost(answer(other, idp, departure)));
    expect([page.status, page.location]).toEqual([400, ""]);
    expect(await other.sessions()).toBe(0);
  });
});

it("a response is verified as ever, however its login was found", async () => {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const SAMLResponse = answer(tenant, newIdp(), departure);
  expect((await tenant.post(browser, { SAMLResponse })).status).toBe(400);
  expect(await tenant.lastRecord()).toMatchObject({ outcome: "failure", errorCode: "signature_invalid" });
});
