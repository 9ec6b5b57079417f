/**
 * ForceAuthn taken out of the request: it travels through the browser of the very person who shall prove again who they
 * are. Whoever sits at a session that was left open removes it, and is let in by what the IdP remembers.
 * SAML 2.0 Core §3.4.1 (ForceAuthn), Bindings §3.4.4.1 (only a signature protects the request); OpenID Connect Core
 * §3.1.2.1 (prompt=login: an error where the person cannot be re-authenticated); CWE-642.
 */

import { inflateRawSync } from "node:zlib";
import type { Browser, Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CALLBACK } from "../../harness/application.ts";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, newIdp } from "./victim.ts";

const idp = newIdp();
let site: SamlSite;
let forcing: SamlTenant;
let plain: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  forcing = await site.addTenant("forcing", { metadataXml: idp.metadata(), forceAuthn: true });
  plain = await site.addTenant("plain", { metadataXml: idp.metadata() });
});
afterAll(() => site.stop());

async function signIn(
  tenant: SamlTenant,
  authenticatedSecondsAgo: number,
  choice: Record<string, string> = {},
) {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser, choice);
  const instant = new Date(Date.now() - authenticatedSecondsAgo * 1000).toISOString();
  const editAssertion = (xml: string) => xml.replace(/AuthnInstant="[^"]+"/, `AuthnInstant="${instant}"`);
  const SAMLResponse = answer(tenant, idp, departure, { editAssertion });
  return {
    browser,
    asked: departure.xml.includes('ForceAuthn="true"'),
    page: await tenant.post(browser, { SAMLResponse, RelayState: departure.relayState }),
  };
}

it("accepts a remembered login where nobody asked for a new one", async () => {
  const { asked, page } = await signIn(plain, 3600);
  expect([asked, letIn(page)]).toEqual([false, true]);
});

const WAYS = [
  ["the connection", () => forcing, {}],
  ["the application, by prompt=login,", () => plain, { prompt: "login" }],
] as const;

it.each(WAYS)(
  "accepts a new one where %s asked for it, on a clock that is a minute slow",
  async (_, of, choice) => {
    const { asked, page } = await signIn(of(), 60, choice);
    expect([asked, letIn(page)]).toEqual([true, true]);
  },
);

it.each(WAYS)("refuses a remembered one where %s asked for a new one", async (_, of, choice) => {
  const { asked, page } = await signIn(of(), 3600, choice);
  expect([asked, page.status]).toEqual([true, 403]);
  expect(page.body).toContain("Please sign in once more");
  expect(await of().lastRecord()).toMatchObject({ outcome: "failure", errorCode: "login_not_fresh" });
});

it("sends a remembered one on to a new one where it is older than the application's max_age", async () => {
  const young = await signIn(plain, 60, { max_age: "600" });
  expect([young.asked, letIn(young.page)]).toEqual([false, true]);
  expect((await whereTo(young)).startsWith(CALLBACK)).toBe(true);

  const old = await whereTo(await signIn(plain, 3600, { max_age: "600" }));
  const request = new URL(old).searchParams.get("SAMLRequest") ?? "";
  expect(inflateRawSync(Buffer.from(request, "base64")).toString()).toContain('ForceAuthn="true"');
});

/** Where the gateway sends the browser in the end. */
async function whereTo({ browser, page }: { browser: Browser; page: Page }): Promise<string> {
  let { location } = page;
  while (location.startsWith(`${site.gateway.url}/`)) {
    location = (await browser.get(location)).location;
  }
  return location;
}
