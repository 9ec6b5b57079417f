/**
 * Logout responses that answer nothing of this browser's: unsolicited ones, those of another browser's sign-out, and
 * those that were used before. A service provider that believes them can be led to send a browser somewhere.
 * SAML 2.0 Profiles §4.4.4.2 (InResponseTo); CWE-352, CWE-601.
 */

import type { Browser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LogoutVictim, type OutgoingLogout, SIGNED_OUT, startLogoutVictim } from "./logout-victim.ts";

let victim: LogoutVictim;
beforeAll(async () => {
  victim = await startLogoutVictim();
});
afterAll(() => victim.stop());

const answerTo = ({ id: inResponseTo, relayState }: OutgoingLogout) =>
  victim.idp.logoutResponse({ destination: victim.acme.sloUrl, inResponseTo }).query(relayState);
const bring = (browser: Browser, query: string) => browser.get(`${victim.acme.sloUrl}?${query}`);
const UNKNOWN = `_${"0".repeat(40)}`;

it("refuses one that nothing waits for, from a browser that has signed in here", async () => {
  const { browser } = await victim.acme.signIn();
  for (const id of [UNKNOWN, "_another", ""]) {
    const page = await bring(browser, answerTo({ id, relayState: id }));
    expect([page.status, page.location]).toEqual([400, ""]);
    expect(await victim.acme.lastRecord()).toMatchObject({ errorCode: "logout_unknown" });
  }
});

it("refuses that of another browser, and keeps it for its own", async () => {
  const person = await victim.acme.signIn();
  const outgoing = await victim.leave(person);
  const query = answerTo(outgoing);
  const others = [victim.site.newBrowser(), (await victim.acme.signIn()).browser];
  for (const other of others) {
    const page = await bring(other, query);
    expect([page.status, page.location]).toEqual([400, ""]);
  }
  const home = await bring(person.browser, query);
  expect([home.status, home.location]).toEqual([303, SIGNED_OUT]);
});

it("refuses the second use, over whichever binding", async () => {
  const person = await victim.acme.signIn();
  const outgoing = await victim.leave(person);
  expect((await bring(person.browser, answerTo(outgoing))).location).toBe(SIGNED_OUT);
  expect((await bring(person.browser, answerTo(outgoing))).status).toBe(400);
  const SAMLResponse = victim.idp
    .logoutResponse({ destination: victim.acme.sloUrl, inResponseTo: outgoing.id })
    .formValue();
  const fields = { SAMLResponse, RelayState: outgoing.relayState };
  expect((await person.browser.post(victim.acme.sloUrl, fields)).status).toBe(400);
  expect(await victim.acme.lastRecord()).toMatchObject({ errorCode: "logout_unknown" });
});

it("revives nobody: not by an answer that says that the logout failed, nor by a forged one", async () => {
  const status = { code: "urn:oasis:names:tc:SAML:2.0:status:Responder" };
  const person = await victim.acme.signIn();
  const { id: inResponseTo, relayState } = await victim.leave(person);
  expect(await victim.isLive(person)).toBe(false);
  const answer = victim.idp.logoutResponse({ destination: victim.acme.sloUrl, inResponseTo, status });
  expect((await bring(person.browser, answer.query(relayState))).location).toBe(SIGNED_OUT);
  expect(await victim.acme.lastRecord()).toMatchObject({ errorCode: "logout_not_success" });
  expect(await victim.isLive(person)).toBe(false);
  const back = await person.browser.get(victim.site.application.startUrl({ organization: "acme" }).url);
  expect(back.location).toContain("SAMLRequest=");
});
