/**
 * RelayState as an open redirect where the IdP starts: there it names the page to go to, in a form that anybody can
 * have anybody's browser post.
 * CWE-601; SAML 2.0 Bindings §3.5.3, Profiles §4.1.5 (RelayState of an unsolicited response may be a URL);
 * OpenID Connect Core 1.0 §4 (target_link_uri must not make the application an open redirector).
 */

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

/** Where the browser ends that came with this RelayState. */
async function landing(RelayState: string): Promise<URL> {
  const browser = site.newBrowser();
  const page = await tenant.post(browser, { SAMLResponse: unsolicited(tenant, idp), RelayState });
  expect(startsOver(page)).toBe(true);
  const { location } = await answerRestart(tenant, idp, browser, page);
  return new URL(location);
}

it("leads to a page that the application has registered", async () => {
  const { origin, searchParams } = await landing(site.application.targetUri);
  expect(origin).toBe(new URL(site.application.initiateLoginUri).origin);
  expect(searchParams.get("target_link_uri")).toBe(site.application.targetUri);
});

it.each([
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example",
  "javascript:alert(1)",
  "https://app.example.test.evil.example/reports?year=2030",
  "https://app.example.test@evil.example/reports?year=2030",
  "https://app.example.test/reports?year=2030&next=https://evil.example/",
  "https://app.example.test/reports?year=2030#https://evil.example/",
  "https://app.example.test/reports",
  "https://APP.example.test/reports?year=2030",
  " https://app.example.test/reports?year=2030",
  "https://app.example.test/reports?year=2030\u0000",
  `https://app.example.test/\u{1F600}${"/..".repeat(600)}`,
])("leads to the application's own choice for %j", async (relayState) => {
  const { origin, pathname, searchParams } = await landing(relayState);
  expect(origin + pathname).toBe(site.application.initiateLoginUri);
  expect([...searchParams.keys()]).toEqual(["iss", "organization"]);
});

it("is refused where it is longer than any address, and where it looks like that of a sign-in of ours", async () => {
  const SAMLResponse = unsolicited(tenant, idp);
  const long = await tenant.post(site.newBrowser(), { SAMLResponse, RelayState: "x".repeat(2_049) });
  expect([long.status, startsOver(long)]).toEqual([400, false]);
  const ours = await tenant.post(site.newBrowser(), { SAMLResponse, RelayState: `login_${"A".repeat(43)}` });
  expect([ours.status, startsOver(ours)]).toEqual([400, false]);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "login_unknown" });
});
