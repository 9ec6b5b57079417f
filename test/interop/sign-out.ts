import { expect, it } from "vitest";
import { z } from "zod";
import type { SamlTenant } from "../harness/saml-site.ts";
import type { Fixture } from "./fixture.ts";

const session = z.object({ live: z.boolean() });

/** Single logout, from both sides. */
export function describeSignOut(fixture: () => Fixture): void {
  async function isLive(tenant: SamlTenant, sessionId: string): Promise<boolean> {
    const path = `/organizations/${tenant.slug}/sessions/${sessionId}`;
    return session.parse((await fixture().site.gateway.api("GET", path)).body).live;
  }

  it("signs out at the application, and the IdP forgets the person too", async () => {
    const tenant = await fixture().addTenant();
    const page = await fixture().newPage();
    const { sid } = await fixture().signIn(tenant, page);
    const { signOutUrl, signedOutUri } = fixture().site.application;
    await page.goto(signOutUrl);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${signedOutUri}*`);
    expect(await isLive(tenant, sid)).toBe(false);
    // Without being asked for a password again this would fail.
    expect((await fixture().signIn(tenant, page)).sid).not.toBe(sid);
  });

  it("signs out at the IdP, which ends the gateway's session", async () => {
    const tenant = await fixture().addTenant();
    const page = await fixture().newPage();
    const { sid } = await fixture().signIn(tenant, page);
    expect(await isLive(tenant, sid)).toBe(true);
    await page.goto(fixture().idp.signOutUrl);
    await expect.poll(() => isLive(tenant, sid), { timeout: 8_000 }).toBe(false);
    expect((await fixture().signIn(tenant, page)).sid).not.toBe(sid);
  });

  it("signs out only the person who asked", async () => {
    const tenant = await fixture().addTenant();
    const [leaving, staying] = [await fixture().newPage(), await fixture().newPage()];
    const gone = await fixture().signIn(tenant, leaving);
    const there = await fixture().signIn(tenant, staying);
    await leaving.goto(fixture().idp.signOutUrl);
    await expect.poll(() => isLive(tenant, gone.sid), { timeout: 8_000 }).toBe(false);
    expect(await isLive(tenant, there.sid)).toBe(true);
  });
}
