/**
 * A logout request that was caught and is sent again, to throw a person out each time they sign in.
 * SAML 2.0 Core §3.2.1, §3.7.1 (NotOnOrAfter, and IDs that are used once); CWE-294.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type LogoutVictim, obeyed, startLogoutVictim } from "./logout-victim.ts";

let victim: LogoutVictim;
beforeAll(async () => {
  victim = await startLogoutVictim();
});
afterAll(() => victim.stop());

it("counts once, over whichever binding it comes again", async () => {
  const first = await victim.acme.signIn();
  const request = victim.acme.logoutOf();
  expect(obeyed(await victim.acme.bring(request.query()))).toBe(true);
  expect(await victim.isLive(first)).toBe(false);

  const second = await victim.acme.signIn();
  for (const again of [request.query(), request.query("other state"), { SAMLRequest: request.formValue() }]) {
    const page = await victim.acme.bring(again);
    expect([page.status, page.location]).toEqual([400, ""]);
    expect(await victim.acme.lastRecord()).toMatchObject({ errorCode: "logout_replayed" });
  }
  expect(await victim.isLive(second)).toBe(true);

  expect(obeyed(await victim.acme.bring(victim.acme.logoutOf().query()))).toBe(true);
  expect(await victim.isLive(second)).toBe(false);
});

it("counts once of twenty at the same time", async () => {
  const query = victim.acme.logoutOf().query();
  const pages = await Promise.all(Array.from({ length: 20 }, () => victim.acme.bring(query)));
  expect(pages.filter(obeyed)).toHaveLength(1);
  expect(pages.filter((page) => page.status === 400)).toHaveLength(19);
});
