/**
 * Planted interaction: the attacker starts a sign-in and has the victim's browser go on with it, by a link and by cookies
 * that a neighbouring subdomain plants; the victim's IdP knows them and asks nothing, and the attacker collects the
 * victim's tokens. Or the other way round, so that the victim works in the attacker's account.
 * Squarcina et al.: Cookie Crumbles: Breaking and Fixing Web Session Integrity (USENIX Security 2023); RFC 9700, 4.7;
 * RFC 6265bis, 8.6 (weak integrity); CWE-384, CWE-565.
 */

import type { Browser } from "@sallyport/testing-browser";
import { formOf } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CALLBACK } from "../../harness/application.ts";
import { type BrowserSite, plantAll, startBrowserSite, type Way } from "./site.ts";

let site: BrowserSite;
beforeAll(async () => {
  site = await startBrowserSite();
});
afterAll(() => site.stop());

const idOf = (address: string) => new URL(address).pathname.split("/").at(-1) ?? "";

describe.each(["saml", "oidc"] as const)("by way of %s,", (protocol) => {
  let way: Way;
  let victims: string;
  let attackers: string;
  let victim: Browser;
  let attacker: Browser;
  beforeEach(async () => {
    way = site[protocol];
    victims = `victim@${way.slug}.example.test`;
    attackers = `attacker@${way.slug}.example.test`;
    [victim, attacker] = [site.newBrowser(), site.newBrowser()];
    // Both have a sign-in here: the attacker's makes the way back go by a redirect that can be waited for.
    await site.signIn(attacker, way, attackers);
    await site.signIn(victim, way, victims);
  });

  /** The attacker's sign-in up to the page of ours, which asks for the work email. */
  async function link() {
    const { url } = site.application.startUrl({ prompt: "login" });
    const { location } = await attacker.get(url);
    expect(location).toContain("/sign-in/");
    return location;
  }

  it("nobody else loads the sign-in that waits", async () => {
    const address = await link();
    const before = await way.sessions();
    const browsers: [string, Browser][] = [
      ["interaction_unknown", victim],
      ["browser_unknown", site.newBrowser()],
    ];
    for (const [code, browser] of browsers) {
      plantAll(attacker, browser, idOf(address));
      const page = await browser.get(address);
      expect([page.status, page.location]).toEqual([404, ""]);
      expect(page.body).toContain(`<code>${code}</code>`);
    }
    const resume = address.replace("/sign-in/", "/oauth2/authorize/");
    const resumed = await site.follow(attacker, await attacker.get(resume));
    expect(resumed.location).not.toContain("code=");
    expect(await way.sessions()).toBe(before);
  });

  it("the attacker's own browser does, and goes on", async () => {
    const page = await attacker.get(await link());
    expect(page.status).toBe(200);
    const { action, fields } = formOf(page);
    const toIdp = await attacker.post(action, { ...fields, email: attackers });
    expect(toIdp.location).not.toContain("https://sso.example.test/");
    const back = await site.follow(attacker, await way.throughIdp(attacker, toIdp, attackers));
    expect(back.location).toContain(`${CALLBACK}?code=`);
  });

  it("nobody else answers it, whatever form they hold", async () => {
    const address = await link();
    const { action, fields } = formOf(await attacker.get(address));
    plantAll(attacker, victim, idOf(address));
    const own = await victim.get(
      (await victim.get(site.application.startUrl({ prompt: "login" }).url)).location,
    );
    for (const csrf of [fields.csrf ?? "", formOf(own).fields.csrf ?? "", ""]) {
      expect((await victim.post(action, { csrf, email: victims })).status).toBe(403);
      expect((await victim.post(action, { csrf, leave: "idp_refused" })).status).toBe(403);
    }
    expect((await attacker.post(action, { ...fields, email: attackers })).status).toBe(303);
  });

  it("nobody else brings the IdP's answer", async () => {
    const { start, page } = await site.start(attacker, { organization: way.slug, prompt: "login" });
    const before = await way.sessions();
    for (const browser of [victim, site.newBrowser()]) {
      plantAll(attacker, browser);
      const answered = await way.throughIdp(browser, page, victims);
      expect([answered.status, answered.location]).toEqual([403, ""]);
      expect(answered.body).toContain("<code>login_other_browser</code>");
      expect(await way.lastError()).toBe("login_other_browser");
    }
    expect(await way.sessions()).toBe(before);

    const home = await site.follow(attacker, await way.throughIdp(attacker, page, attackers));
    const { email } = await site.application.claimsOf(start, home.location);
    expect(email).toBe(attackers);
  });

  it("nobody else goes on with what the attacker has signed in for, nor becomes the attacker", async () => {
    const { start, page } = await site.start(attacker, { organization: way.slug, prompt: "login" });
    const { location: resume = "" } = await way.throughIdp(attacker, page, attackers);
    expect(resume).toContain("https://sso.example.test/oauth2/authorize/");
    const sessionOf = (browser: Browser) =>
      browser.cookies.held().filter(({ name }) => name.endsWith("sallyport_session"));
    for (const browser of [victim, site.newBrowser()]) {
      const session = sessionOf(browser);
      plantAll(attacker, browser, idOf(resume));
      const stopped = await browser.get(resume);
      expect([stopped.status, stopped.location]).toEqual([400, ""]);
      expect(stopped.body).toContain("<code>interaction_unknown</code>");
      expect(sessionOf(browser)).toEqual(session);
    }
    const again = await site.start(victim, { prompt: "none" });
    const { email } = await site.application.claimsOf(again.start, again.page.location);
    expect(email).toBe(victims);

    const home = await site.follow(attacker, await attacker.get(resume));
    expect((await site.application.claimsOf(start, home.location)).email).toBe(attackers);
  });

  it("the attacker does not go on with what the victim has signed in for", async () => {
    const { start, page } = await site.start(victim, { organization: way.slug, prompt: "login" });
    const { location: resume = "" } = await way.throughIdp(victim, page, victims);
    expect((await attacker.get(resume)).status).toBe(400);
    const home = await site.follow(victim, await victim.get(resume));
    expect((await site.application.claimsOf(start, home.location)).email).toBe(victims);
  });
});
