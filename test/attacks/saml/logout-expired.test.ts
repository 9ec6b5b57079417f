/**
 * Logout requests that were kept: sent long after they were made, or made to live for ever.
 * SAML 2.0 Core §3.7.1 (NotOnOrAfter), §3.2.1 (IssueInstant).
 */

import type { TestLogoutRequest } from "@sallyport/saml/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LogoutVictim, obeyed, type Person, startLogoutVictim } from "./logout-victim.ts";

const MINUTE_MS = 60_000;
let victim: LogoutVictim;
let person: Person;
beforeAll(async () => {
  victim = await startLogoutVictim();
  person = await victim.acme.signIn();
});
afterAll(() => victim.stop());

const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS);

it.each<[string, () => Partial<TestLogoutRequest>, string]>([
  ["issued eight minutes ago", () => ({ now: ago(8) }), "logout_expired"],
  ["that never ends", () => ({ now: ago(8), notOnOrAfter: ago(-9_999_999) }), "logout_expired"],
  ["that has ended", () => ({ now: ago(4), notOnOrAfter: ago(3) }), "logout_expired"],
  ["from the future", () => ({ now: ago(-3) }), "issued_in_future"],
  [
    "of no time at all",
    () => ({ edit: (xml: string) => xml.replace(/ IssueInstant="[^"]*"/, "") }),
    "element_missing",
  ],
  [
    "of fourteen hours ago, by its offset from UTC",
    () => ({ edit: (xml: string) => xml.replace(/(IssueInstant="[^"]*)Z"/, '$1+14:00"') }),
    "logout_expired",
  ],
  [
    "of an offset that there is not",
    () => ({ edit: (xml: string) => xml.replace(/(IssueInstant="[^"]*)Z"/, '$1+15:00"') }),
    "time_malformed",
  ],
])("refuses one %s", async (_name, changes, code) => {
  const request = victim.acme.logoutOf(changes());
  for (const message of [request.query(), { SAMLRequest: request.formValue() }]) {
    expect((await victim.acme.bring(message)).status).toBe(400);
    expect(await victim.acme.lastRecord()).toMatchObject({ errorCode: code });
  }
  expect(await victim.isLive(person)).toBe(true);
});

it("obeys one of a clock that is a minute off, in either direction", async () => {
  for (const minutes of [1, -1]) {
    const next = await victim.acme.signIn();
    const request = victim.acme.logoutOf({ now: ago(minutes), notOnOrAfter: ago(minutes - 1) });
    expect(obeyed(await victim.acme.bring(request.query()))).toBe(true);
    expect(await victim.isLive(next)).toBe(false);
  }
});
