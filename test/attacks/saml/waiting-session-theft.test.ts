/**
 * The session of somebody who came from the IdP's own pages waits for their application to ask. Whoever else asks first
 * (another browser that has seen the address, another application, another's request) would have it.
 * RFC 9700 §4.4 (mix-up), §4.7 (CSRF); CWE-384, CWE-639.
 */

import type { Browser, Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addApplication, type TestApplication } from "../../harness/application.ts";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { addOpenTenant, answerRestart, authorize, unsolicited } from "./portal.ts";
import { newIdp } from "./victim.ts";

const TO_IDP = /^https:\/\/idp\.example\.test\/sso\?SAMLRequest=/;
const person = { nameId: "jo@acme.example.test" };

const idp = newIdp();
let site: SamlSite;
let tenant: SamlTenant;
let other: TestApplication;
let owner: Browser;
let landed: Page;
beforeAll(async () => {
  site = await startSamlSite();
  tenant = await addOpenTenant(site, "acme", idp);
  other = await addApplication(site.gateway, "https://other.example.test/callback");
});
afterAll(() => site.stop());
beforeEach(async () => {
  owner = site.newBrowser();
  const page = await tenant.post(owner, { SAMLResponse: unsolicited(tenant, idp, person) });
  landed = await answerRestart(tenant, idp, owner, page, person);
});

/** What its owner gets of it. */
async function claimed() {
  const { start, location } = await authorize(site, site.application, owner);
  return site.application.claimsOf(start, location);
}

describe("the session that waits", () => {
  it("stands in no address: who follows the owner's way is asked to sign in", async () => {
    expect(landed.location).not.toMatch(/session|waiting|sid|token/);
    const thief = site.newBrowser();
    const choice = { organization: "acme" };
    expect((await authorize(site, site.application, thief, choice)).location).toMatch(TO_IDP);
    expect(await claimed()).toMatchObject({ email: person.nameId });
  });

  it("is not for another application's request, which leaves it where it is", async () => {
    const { location } = await authorize(site, other, owner, { organization: "acme" });
    expect(location).toMatch(TO_IDP);
    expect(await claimed()).toMatchObject({ email: person.nameId });
  });

  it("is not for another's request that the owner follows: the application it ends at never asked", async () => {
    const { location } = await authorize(site, site.application, owner);
    const attackers = site.application.startUrl({});
    await expect(site.application.claimsOf(attackers, location)).rejects.toThrow("The sign-in ended at");
  });

  it("is there once: a second request rests on the sign-in that the first one made", async () => {
    const first = await claimed();
    expect((await claimed()).sid).toBe(first.sid);
    const { rows } = await site.gateway.database.sql.query(
      "SELECT 1 FROM waiting_sessions WHERE session_id = $1",
      [first.sid],
    );
    expect(rows).toEqual([]);
  });

  it("ends with the connection that it came by", async () => {
    const path = `/organizations/acme/connections/${tenant.connectionId}`;
    await site.gateway.api("PATCH", path, { status: "disabled" });
    await site.gateway.api("PATCH", path, { status: "active" });
    const { location } = await authorize(site, site.application, owner, { organization: "acme" });
    expect(location).toMatch(TO_IDP);
  });
});
