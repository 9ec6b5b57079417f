/**
 * An identity provider whose signals end the sessions of many people at once, by mistake or by somebody who has got hold of
 * it: a denial of service by revocation. Beyond the connection's guard nothing further ends until an administrator decides.
 * CWE-400, CWE-799.
 */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SESSION_REVOKED } from "../../harness/signals.ts";
import { AUDIENCE, type ScriptedTransmitter, startTransmitter } from "../../harness/transmitter.ts";
import {
  type LogoutTenant,
  type LogoutVictim,
  newLogoutIdp,
  type Person,
  startLogoutVictim,
} from "../saml/logout-victim.ts";

const COMPROMISE = "https://schemas.openid.net/secevent/risc/event-type/credential-compromise";
const GUARD = { share: 30, people: 3, minutes: 60 };

let victim: LogoutVictim;
let transmitter: ScriptedTransmitter;
let tenant: LogoutTenant;
let made = 0;
beforeAll(async () => {
  victim = await startLogoutVictim();
});
afterAll(() => victim.stop());

/** A tenant of its own for each test, whose guard lets two people through. */
beforeEach(async () => {
  made += 1;
  transmitter = await startTransmitter();
  tenant = await victim.addTenant(`guarded-${made}`, newLogoutIdp(`https://idp-${made}.example.test`));
  const signals = { issuer: transmitter.issuer, audience: AUDIENCE };
  expect((await api("PATCH", "", { saml: { signals } })).status).toBe(200);
  expect((await api("PUT", "/guard", GUARD)).body).toMatchObject({ ...GUARD, setBy: "connection" });
});
afterEach(() => transmitter.close());

const api = (method: string, below: string, body?: unknown) =>
  victim.site.gateway.api(
    method,
    `/organizations/${tenant.slug}/connections/${tenant.connectionId}${below}`,
    body,
  );
const held = async (status = "held") => {
  const path = `/organizations/${tenant.slug}/held-changes?status=${status}`;
  const { body } = await victim.site.gateway.api("GET", path);
  return (body as { items: { id: string; people: number; connection: { id: string } | null }[] }).items;
};
const decide = (id: string, decision: "confirm" | "reject") =>
  victim.site.gateway.api("POST", `/organizations/${tenant.slug}/held-changes/${id}/${decision}`);

const nameOf = (index: number) => `person-${index}@example.test`;
const signIn = (index: number) => tenant.signIn({ nameId: nameOf(index) });
const people = (count: number) =>
  Array.from({ length: count }, (_, index) => index).reduce<Promise<Person[]>>(
    async (before, index) => [...(await before), await signIn(index)],
    Promise.resolve([]),
  );
/** What an honest transmitter made `secondsAgo`. */
async function tell(index: number, { type = SESSION_REVOKED, secondsAgo = 0 } = {}): Promise<number> {
  const set = await transmitter.set({
    iat: Math.floor(Date.now() / 1_000) - secondsAgo,
    sub_id: { format: "opaque", id: nameOf(index) },
    events: { [type]: {} },
  });
  const endpoint_url = `${victim.site.gateway.url}/ssf/receivers/${tenant.connectionId}/events`;
  return transmitter.push(set, { id: "", description: "", delivery: { method: "", endpoint_url } });
}
const live = (all: readonly Person[]) => Promise.all(all.map((person) => victim.isLive(person)));

describe("signals about many people", () => {
  it("end what the guard lets through, and hold the rest until it is confirmed", async () => {
    const all = await people(6);
    for (const index of all.keys()) {
      expect(await tell(index)).toBe(202);
    }
    expect(await live(all)).toEqual([false, false, true, true, true, true]);
    expect(await tell(2)).toBe(202); // once more: they are held already
    const [change, ...others] = await held();
    expect([change, others]).toMatchObject([{ people: 4, connection: { id: tenant.connectionId } }, []]);
    const plan = await victim.site.gateway.api(
      "GET",
      `/organizations/${tenant.slug}/held-changes/${change?.id}/plan`,
    );
    expect(plan.body).toMatchObject({ counts: { people: 4, lose: 0, suspend: 0 } });
    expect((await decide(change?.id ?? "", "confirm")).body).toMatchObject({
      status: "confirmed",
      people: 0,
    });
    expect(await live(all)).toEqual(all.map(() => false));
  });

  it("are rejected: nobody's sessions end, and a later confirmation still ends them", async () => {
    const all = await people(4);
    for (const index of all.keys()) {
      await tell(index);
    }
    const [change] = await held();
    expect((await decide(change?.id ?? "", "reject")).status).toBe(200);
    expect(await live(all)).toEqual([false, false, true, true]);
    expect((await decide(change?.id ?? "", "reject")).body).toMatchObject({ code: "held_change_decided" });
    expect((await decide(change?.id ?? "", "confirm")).status).toBe(200);
    expect(await live(all)).toEqual([false, false, false, false]);
  });

  it("let through one whose credentials others know, beside those that are held", async () => {
    const all = await people(5);
    for (const index of all.keys()) {
      await tell(index);
    }
    await tell(4, { type: COMPROMISE });
    expect(await live(all)).toEqual([false, false, true, true, false]);
    expect(await held()).toMatchObject([{ people: 2 }]); // of that one nothing is held any more
    await tell(2, { type: COMPROMISE });
    await tell(3, { type: COMPROMISE }); // a flood of these is held as well
    expect(await live(all)).toEqual([false, false, false, true, false]);
    expect(await held()).toMatchObject([{ people: 1 }]);
  });

  it("that arrive together end no more than those one after the other", async () => {
    const all = await people(8);
    await Promise.all(all.map((_, index) => tell(index)));
    expect((await live(all)).filter((isLive) => isLive)).toHaveLength(6);
    expect(await held()).toMatchObject([{ people: 6 }]);
  });

  it("against a confirmation under way: nobody is left out or held twice", async () => {
    const all = await people(8);
    for (const index of [0, 1, 2, 3]) {
      await tell(index);
    }
    const [change] = await held();
    await Promise.all([decide(change?.id ?? "", "confirm"), ...[4, 5, 6, 7].map((index) => tell(index))]);
    const again = await held();
    const stays = (await live(all)).filter((isLive) => isLive).length;
    expect(again.reduce((sum, { people: count }) => sum + count, 0)).toBe(stays);
    for (const { id } of again) {
      await decide(id, "confirm");
    }
    expect(await live(all)).toEqual(all.map(() => false));
  });

  it("end no session that began after them: neither at once nor when they are confirmed", async () => {
    const all = await people(3);
    await victim.site.gateway.database.sql.query(
      "UPDATE sessions SET created_at = created_at - interval '1 hour' WHERE id = ANY($1::uuid[])",
      [all.map(({ sessionId }) => sessionId)],
    );
    const late = { secondsAgo: 1_000 };
    for (const index of [0, 1, 2]) {
      await tell(index, late);
    }
    expect(await live(all)).toEqual([false, false, true]);
    const anew = await signIn(2);
    const other = await signIn(0);
    expect(await tell(0, late)).toBe(202);
    const [change] = await held();
    await decide(change?.id ?? "", "confirm");
    expect(await live([...all, anew, other])).toEqual([false, false, false, true, true]);
  });

  it("count each person once, and each connection apart", async () => {
    const all = await people(3);
    for (let time = 0; time < 5; time += 1) {
      await tell(0);
      await signIn(0);
    }
    await tell(1);
    expect(await live(all)).toEqual([false, false, true]);
    expect(await held()).toEqual([]);
    await tell(2);
    expect(await held()).toMatchObject([{ people: 1 }]);
  });

  it("go as far as the share of the connection's people, where that is more", async () => {
    await api("PUT", "/guard", { share: 60, people: 1, minutes: 60 });
    const all = await people(5);
    for (const index of all.keys()) {
      await tell(index);
    }
    expect(await live(all)).toEqual([false, false, false, true, true]);
  });
});

it("an organization's key decides on its own held changes alone", async () => {
  const all = await people(3);
  for (const index of all.keys()) {
    await tell(index);
  }
  const [change] = await held();
  const other = await victim.site.gateway.api("POST", "/api-keys", { name: "acme", organization: "acme" });
  const { key } = other.body as { key: string };
  for (const slug of ["acme", tenant.slug]) {
    const path = `/organizations/${slug}/held-changes/${change?.id}/confirm`;
    expect((await victim.site.gateway.api("POST", path, undefined, key)).status).toBe(404);
  }
  expect(await live(all)).toEqual([false, false, true]);
});
