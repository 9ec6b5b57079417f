/**
 * Logout requests that were signed for another address: caught at one service provider, taken to the next.
 * SAML 2.0 Bindings §3.4.5.2, §3.5.5.2 (a signed message MUST name its Destination, and it MUST be checked).
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type LogoutVictim, obeyed, type Person, startLogoutVictim } from "./logout-victim.ts";

let victim: LogoutVictim;
let person: Person;
beforeAll(async () => {
  victim = await startLogoutVictim();
  person = await victim.acme.signIn();
});
afterAll(() => victim.stop());

it.each<[string, (sloUrl: string) => string]>([
  ["another service provider's", () => "https://other.example.test/saml/slo"],
  ["our ACS", (url) => url.replace(/slo$/, "acs")],
  ["one that merely starts like ours", (url) => `${url}.evil.example`],
  ["ours with a slash behind it", (url) => `${url}/`],
  ["ours with a query", (url) => `${url}?x=1`],
  ["ours in capitals", (url) => url.toUpperCase()],
  ["an empty one", () => ""],
])("refuses %s", async (_name, change) => {
  const request = victim.acme.logoutOf({ destination: change(victim.acme.sloUrl) });
  for (const message of [request.query(), { SAMLRequest: request.formValue() }]) {
    expect((await victim.acme.bring(message)).status).toBe(400);
    const { errorCode } = await victim.acme.lastRecord();
    expect(errorCode).toMatch(/^logout_destination_(mismatch|missing)$/);
  }
  expect(await victim.isLive(person)).toBe(true);
});

it("obeys one that is meant for us", async () => {
  expect(obeyed(await victim.acme.bring(victim.acme.logoutOf().query()))).toBe(true);
  expect(await victim.isLive(person)).toBe(false);
});
