/**
 * Logout requests of one organization's IdP that name another one's people: by a clone of its entity ID and subjects,
 * by a request that was meant for another connection, by a key that two organizations share.
 * SAML 2.0 Profiles §4.4.4.1 (the principal is known by issuer and NameID); CWE-863, tenant isolation.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type LogoutTenant,
  type LogoutVictim,
  newLogoutIdp,
  obeyed,
  type Person,
  startLogoutVictim,
} from "./logout-victim.ts";

const nameId = "jo@acme.example.test";
let victim: LogoutVictim;
let clone: LogoutTenant;
let twin: LogoutTenant;
let person: Person;
beforeAll(async () => {
  victim = await startLogoutVictim();
  clone = await victim.addTenant("evil", newLogoutIdp(victim.idp.entityId));
  // The same IdP, key and all, as a group of companies may well have it.
  twin = await victim.addTenant("subsidiary", victim.idp);
  person = await victim.acme.signIn({ nameId, sessionIndex: "_1" });
});
afterAll(() => victim.stop());

it("ends nothing of ours by a request to a clone, which that one's own connection obeys", async () => {
  const own = await clone.signIn({ nameId });
  expect(obeyed(await clone.bring(clone.logoutOf({ nameId }).query()))).toBe(true);
  expect(obeyed(await clone.bring({ SAMLRequest: clone.logoutOf({ nameId }).formValue() }))).toBe(true);
  expect([await victim.isLive(own), await victim.isLive(person)]).toEqual([false, true]);
});

it("refuses the clone's request at our connection: its key is not our IdP's", async () => {
  const request = clone.logoutOf({ nameId, destination: victim.acme.sloUrl });
  expect((await victim.acme.bring(request.query())).status).toBe(400);
  expect(await victim.acme.lastRecord()).toMatchObject({ errorCode: "redirect_signature_invalid" });
  expect((await victim.acme.bring({ SAMLRequest: request.formValue() })).status).toBe(400);
  expect(await victim.acme.lastRecord()).toMatchObject({ errorCode: "signature_invalid" });
  expect(await victim.isLive(person)).toBe(true);
});

it("ends nothing of ours by a request to another connection of the same IdP", async () => {
  const own = await twin.signIn({ nameId });
  expect(obeyed(await twin.bring(twin.logoutOf({ nameId, sessionIndexes: [] }).query()))).toBe(true);
  expect([await victim.isLive(own), await victim.isLive(person)]).toEqual([false, true]);
});

it("refuses a request that the same IdP has sent to another connection", async () => {
  expect((await victim.acme.bring(twin.logoutOf({ nameId }).query())).status).toBe(400);
  expect(await victim.acme.lastRecord()).toMatchObject({ errorCode: "logout_destination_mismatch" });
  expect(await victim.isLive(person)).toBe(true);
});

it("refuses a request of our IdP's key in another entity's name", async () => {
  const request = victim.acme.logoutOf({ nameId, issuer: "https://other.example.test/metadata" });
  expect((await victim.acme.bring(request.query())).status).toBe(400);
  expect(await victim.acme.lastRecord()).toMatchObject({ errorCode: "logout_issuer_mismatch" });
  expect(await victim.isLive(person)).toBe(true);
});

it("obeys our own IdP", async () => {
  expect(obeyed(await victim.acme.bring(victim.acme.logoutOf({ nameId }).query()))).toBe(true);
  expect(await victim.isLive(person)).toBe(false);
});
