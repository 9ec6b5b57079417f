/**
 * What binds a sign-in to its browser must not part a browser from its own: several tabs go on side by side, and whose
 * cookies are gone is told so.
 */

import { formOf } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BrowserSite, startBrowserSite } from "./site.ts";

const CODE = (code: string) => `<code>${code}</code>`;
let site: BrowserSite;
beforeAll(async () => {
  site = await startBrowserSite();
});
afterAll(() => site.stop());

describe("one browser with several tabs", () => {
  it("signs in at each, in whatever order they end", async () => {
    const browser = site.newBrowser();
    const people = { saml: "ann@acme.example.test", oidc: "ben@bravo.example.test" };
    const asking = await site.start(browser, {});
    const [saml, oidc] = [
      await site.start(browser, { organization: site.saml.slug }),
      await site.start(browser, { organization: site.oidc.slug }),
    ];
    const told = [];
    const oidcBack = await site.follow(browser, await site.oidc.throughIdp(browser, oidc.page, people.oidc));
    told.push(await site.application.claimsOf(oidc.start, oidcBack.location));
    const { action, fields } = formOf(asking.page);
    const asked = await browser.post(action, { ...fields, email: people.saml });
    const samlBack = await site.follow(browser, await site.saml.throughIdp(browser, saml.page, people.saml));
    told.push(await site.application.claimsOf(saml.start, samlBack.location));
    const askedBack = await site.follow(browser, await site.saml.throughIdp(browser, asked, people.saml));
    told.push(await site.application.claimsOf(asking.start, askedBack.location));
    expect(told.map(({ email }) => email)).toEqual([people.oidc, people.saml, people.saml]);
  });

  it("is given one cookie, and keeps it", async () => {
    const browser = site.newBrowser();
    const token = () => browser.cookies.held().find(({ name }) => name.includes("browser"))?.value;
    await site.start(browser, {});
    const first = token();
    await site.start(browser, { organization: site.saml.slug });
    expect([first, token()]).toEqual([expect.stringMatching(/^browser_/), first]);
  });
});

describe("a browser that has lost its cookie", () => {
  it("is told so at our own page", async () => {
    const browser = site.newBrowser();
    const { page } = await site.start(browser, {});
    browser.cookies.lose("browser");
    const lost = await browser.get(page.url);
    expect([lost.status, lost.body]).toEqual([404, expect.stringContaining(CODE("browser_unknown"))]);
    const { action, fields } = formOf(page);
    const posted = await browser.post(action, { ...fields, email: "ann@acme.example.test" });
    expect([posted.status, posted.body]).toEqual([403, expect.stringContaining(CODE("form_stale"))]);
  });

  it.each(["saml", "oidc"] as const)("is told so when it comes back by way of %s", async (protocol) => {
    const [browser, way] = [site.newBrowser(), site[protocol]];
    const { page } = await site.start(browser, { organization: way.slug });
    browser.cookies.lose("browser");
    const back = await way.throughIdp(browser, page, "ann@example.test");
    expect([back.status, back.body]).toEqual([403, expect.stringContaining(CODE("login_other_browser"))]);
  });

  it("is told so where it would go on", async () => {
    const browser = site.newBrowser();
    await site.signIn(browser, site.saml, "ann@acme.example.test");
    const { page } = await site.start(browser, { organization: site.saml.slug, prompt: "login" });
    const { location } = await site.saml.throughIdp(browser, page, "ann@acme.example.test");
    browser.cookies.lose("browser");
    const lost = await browser.get(location);
    expect([lost.status, lost.body]).toEqual([400, expect.stringContaining(CODE("interaction_unknown"))]);
  });
});
