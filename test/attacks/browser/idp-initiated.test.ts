/**
 * The planted interaction, where people come from their IdP's own pages: the attacker has the victim go on with the sign-in
 * that the attacker's visit there began, or with a request of the attacker's while a session waits for the victim.
 * RFC 9700, 4.7; CWE-384.
 */

import type { Browser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CALLBACK } from "../../harness/application.ts";
import { startsOver, unsolicited } from "../saml/portal.ts";
import { type BrowserSite, plantAll, startBrowserSite } from "./site.ts";

const victims = "victim@acme.example.test";
const attackers = "attacker@acme.example.test";
let site: BrowserSite;
let attacker: Browser;
let victim: Browser;
beforeAll(async () => {
  site = await startBrowserSite();
});
afterAll(() => site.stop());
beforeEach(() => {
  [attacker, victim] = [site.newBrowser(), site.newBrowser()];
});

/** Comes from the IdP's own pages, as far as back to the IdP with a request of ours. */
async function visit(browser: Browser, nameId: string) {
  const { tenant, idp } = site.saml;
  const page = await tenant.post(browser, { SAMLResponse: unsolicited(tenant, idp, { nameId }) });
  expect(startsOver(page)).toBe(true);
  return page;
}

const waiting = async () =>
  (await site.gateway.database.sql.query("SELECT FROM waiting_sessions")).rowCount ?? 0;

describe("the sign-in that the attacker's visit began", () => {
  it("is answered by no other browser, and leaves no session waiting", async () => {
    const page = await visit(attacker, attackers);
    const before = await waiting();
    await visit(victim, victims);
    plantAll(attacker, victim);
    const answered = await site.saml.throughIdp(victim, page, victims);
    expect([answered.status, answered.location]).toEqual([403, ""]);
    expect(await site.saml.lastError()).toBe("login_other_browser");
    expect(await waiting()).toBe(before);

    const landed = await site.saml.throughIdp(attacker, page, attackers);
    expect(landed.location).toContain(site.application.initiateLoginUri);
  });
});

describe("the session that waits for the victim", () => {
  beforeEach(async () => {
    await site.signIn(attacker, site.saml, attackers);
    await site.saml.throughIdp(victim, await visit(victim, victims), victims);
  });

  it("does not end a request of the attacker's that the victim is sent to", async () => {
    const { location } = await attacker.get(site.application.startUrl({ max_age: "0" }).url);
    const id = location.split("/").at(-1) ?? "";
    plantAll(attacker, victim, id);
    const before = await waiting();
    const page = await victim.get(location);
    expect([page.status, page.location]).toEqual([404, ""]);
    expect(await waiting()).toBe(before);
    const resumed = await attacker.get(location.replace("/sign-in/", "/oauth2/authorize/"));
    expect((await site.follow(attacker, resumed)).location).not.toContain("code=");
  });

  it("ends the victim's own", async () => {
    const { start, page } = await site.start(victim, { organization: site.saml.slug });
    expect(page.location).toContain(`${CALLBACK}?code=`);
    expect((await site.application.claimsOf(start, page.location)).email).toBe(victims);
  });
});
