import { expect, it } from "vitest";
import { z } from "zod";
import type { SamlTenant } from "../harness/saml-site.ts";
import type { Stand } from "./stand.ts";

const session = z.object({ live: z.boolean() });

/** Single logout, from both sides. */
export function describeSignOut(stand: () => Stand): void {
  async function isLive(tenant: SamlTenant, sessionId: string): Promise<boolean> {
    const path = `/organizations/${tenant.slug}/sessions/${sessionId}`;
    return session.parse((await stand().site.gateway.api("GET", path)).body).live;
  }

  it("signs out at the application, and the IdP forgets the person too", async () => {
    const tenant = await stand().addTenant();
    const page = await stand().newPage();
    const { sid } = await stand().signIn(tenant, page);
    const { signOutUrl, signedOutUri } = stand().site.application;
    await page.goto(signOutUrl);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${signedOutUri}*`);
    expect(await isLive(tenant, sid)).toBe(false);
    // Without being asked for a password again this would fail.
    expect((await stand().signIn(tenant, page)).sid).not.toBe(sid);
  });

  it("signs out at the IdP, which ends the gateway's session", async () => {
    const tenant = await stand().addTenant();
    const page = await stand().newPage();
    const { sid } = await stand().signIn(tenant, page);
    expect(await isLive(tenant, sid)).toBe(true);
    await page.goto(stand().idp.signOutUrl);
    await expect.poll(() => isLive(tenant, sid), { timeout: 8_000 }).toBe(false);
    expect((await stand().signIn(tenant, page)).sid).not.toBe(sid);
  });

  it("signs out only the person who asked", async () => {
    const tenant = await stand().addTenant();
    const [leaving, staying] = [await stand().newPage(), await stand().newPage()];
    const gone = await stand().signIn(tenant, leaving);
    const there = await stand().signIn(tenant, staying);
    await leaving.goto(stand().idp.signOutUrl);
    await expect.poll(() => isLive(tenant, gone.sid), { timeout: 8_000 }).toBe(false);
    expect(await isLive(tenant, there.sid)).toBe(true);
  });
}
