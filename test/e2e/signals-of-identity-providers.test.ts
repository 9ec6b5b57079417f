import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type LogoutVictim, startLogoutVictim } from "../attacks/saml/logout-victim.ts";
import { addApp, insertStream, STREAM_UPDATED } from "../harness/signals.ts";
import { type ScriptedTransmitter, startTransmitter } from "../harness/transmitter.ts";

const CREDENTIAL_CHANGE = "https://schemas.openid.net/secevent/caep/event-type/credential-change";

let victim: LogoutVictim;
let transmitter: ScriptedTransmitter;
beforeAll(async () => {
  victim = await startLogoutVictim();
});
afterAll(() => victim.stop());
beforeEach(async () => {
  transmitter = await startTransmitter("/tenant");
  expect(await patch({ issuer: transmitter.issuer })).toBe(200);
});
afterEach(async () => {
  await patch(null);
  await transmitter.close();
});

const path = () => `/organizations/${victim.acme.slug}/connections/${victim.acme.connectionId}`;
const patch = async (signals: object | null) =>
  (await victim.site.gateway.api("PATCH", path(), { saml: { signals } })).status;
const signals = (method: string, below = "", body?: unknown) =>
  victim.site.gateway.api(method, `${path()}/signals${below}`, body);
const state = async () => (await signals("GET")).body as Record<string, unknown>;
const make = (mode: "push" | "poll") =>
  signals("PUT", "/stream", { mode, accessToken: transmitter.accessToken });
const until = (look: () => Promise<void> | void) => vi.waitFor(look, { timeout: 25_000, interval: 100 });
const jo = { format: "opaque", id: "jo@example.test" };

it("finds the transmitter's keys by its issuer alone, and takes what it pushes", async () => {
  const person = await victim.acme.signIn();
  const { body } = await victim.site.gateway.api("GET", path());
  const url = (body as { saml: { signalEventsUri: string } }).saml.signalEventsUri;
  const set = await transmitter.set({ aud: url, sub_id: jo, events: { "urn:example:noted": {} } });
  expect(
    await transmitter.push(set, { id: "", description: "", delivery: { method: "", endpoint_url: url } }),
  ).toBe(202);
  const end = await transmitter.set({
    ...{ aud: url, sub_id: jo },
    events: { "https://schemas.openid.net/secevent/caep/event-type/session-revoked": {} },
  });
  expect(
    await transmitter.push(end, { id: "", description: "", delivery: { method: "", endpoint_url: url } }),
  ).toBe(202);
  expect(await victim.isLive(person)).toBe(false);
  expect(await state()).toMatchObject({
    mode: "push",
    streamId: null,
    lastError: null,
    lastReceivedAt: expect.any(String),
    transmitter: { specVersion: "1_0", makesStreams: true },
  });
  expect(transmitter.asked.filter(({ endpoint }) => endpoint === "discovery")).toHaveLength(1);
});

it("passes what it says of a credential on to the streams of the person's applications, and no more", async () => {
  const { prisma } = victim.site.gateway.database;
  const person = await victim.acme.signIn();
  const given = await prisma.sessionApplication.findFirstOrThrow({ where: { sessionId: person.sessionId } });
  const hears = { eventsRequested: [CREDENTIAL_CHANGE] };
  const streamId = await insertStream(victim.site.gateway, given.applicationId, hears);
  const stranger = await addApp(victim.site.gateway, "stranger");
  await insertStream(victim.site.gateway, stranger.id, hears);
  const { body } = await victim.site.gateway.api("GET", path());
  const url = (body as { saml: { signalEventsUri: string } }).saml.signalEventsUri;
  const tell = async (change: object) => {
    const events = { [CREDENTIAL_CHANGE]: change };
    const set = await transmitter.set({ aud: url, sub_id: jo, events });
    const delivery = { method: "", endpoint_url: url };
    expect(await transmitter.push(set, { id: "", description: "", delivery })).toBe(202);
  };
  // Nothing that CAEP knows: it ends the session as ever, and is told to nobody.
  await tell({ credential_type: "<script>", change_type: "create" });
  expect(await victim.isLive(person)).toBe(false);
  const again = await victim.acme.signIn();
  await tell({ credential_type: "fido2-roaming", change_type: "revoke", friendly_name: "Jo's key" });
  expect(await victim.isLive(again)).toBe(false);
  const told = await vi.waitFor(
    async () => {
      const rows = await prisma.pendingSignal.findMany({ where: { type: CREDENTIAL_CHANGE } });
      expect(rows).not.toEqual([]);
      return rows;
    },
    { timeout: 25_000, interval: 100 },
  );
  const session = await prisma.session.findUniqueOrThrow({ where: { id: again.sessionId } });
  expect(told).toMatchObject([
    { streamId, subject: { format: "complex", user: { format: "iss_sub", sub: session.userId } } },
  ]);
  expect(told[0]?.event).toEqual({
    event_timestamp: expect.any(Number),
    reason_admin: { en: "The identity provider told of a changed credential" },
    credential_type: "fido2-roaming",
    change_type: "revoke",
  });
});

describe.each(["push", "poll"] as const)("a stream by %s", (mode) => {
  it("is made, verified, heard, paused, replaced and deleted at the transmitter", async () => {
    transmitter.oneStream = true;
    const made = await make(mode);
    expect([made.status, made.body]).toMatchObject([200, { mode, status: "enabled", lastError: null }]);
    const [first] = transmitter.streams.keys();
    await until(async () => expect(await state()).toMatchObject({ lastVerifiedAt: expect.any(String) }));

    const person = await victim.acme.signIn();
    const tell = async (type?: string, event: object = {}, subject: object = jo) => {
      const jti = await transmitter.tell(
        subject,
        type,
        type === undefined ? {} : { events: { [type]: event } },
      );
      if (mode === "push") {
        expect(await transmitter.push(transmitter.waiting.get(jti) ?? "")).toBe(202);
        return;
      }
      await until(() => expect(transmitter.acknowledged).toContain(jti));
    };
    await tell();
    expect(await victim.isLive(person)).toBe(false);
    await tell(
      STREAM_UPDATED,
      { status: "paused", reason: "License expired" },
      { format: "opaque", id: first },
    );
    expect(await state()).toMatchObject({ status: "paused", statusReason: "License expired" });
    const told = await victim.site.gateway.api(
      "GET",
      `/organizations/${victim.acme.slug}/audit-events?type=connection.signal_stream_updated&limit=1`,
    );
    expect(told.body).toMatchObject({
      items: [
        { type: "connection.signal_stream_updated", data: { status: "paused", reason: "License expired" } },
      ],
    });

    expect((await make(mode)).status).toBe(200);
    expect([...transmitter.streams.keys()]).not.toContain(first);
    expect(transmitter.streams.size).toBe(1);
    await until(async () => expect(await state()).toMatchObject({ lastVerifiedAt: expect.any(String) }));
    expect((await signals("POST", "/stream/verify")).status).toBe(200);

    expect((await signals("DELETE", "/stream")).status).toBe(204);
    await until(() => expect(transmitter.streams.size).toBe(0));
    expect(await state()).toMatchObject({ mode: "push", streamId: null });
    expect((await signals("POST", "/stream/verify")).body).toMatchObject({ code: "signal_stream_missing" });
  });
});

it("gets itself a token where it is given a client", async () => {
  const clientCredentials = { ...transmitter.client, scope: "ssf.manage" };
  const made = await signals("PUT", "/stream", { mode: "poll", clientCredentials });
  expect(made.status).toBe(200);
  const person = await victim.acme.signIn();
  const jti = await transmitter.tell(jo);
  await until(() => expect(transmitter.acknowledged).toContain(jti));
  expect(await victim.isLive(person)).toBe(false);
});

it("says plainly what the transmitter does otherwise", async () => {
  const outcome = async (changes: Readonly<Record<string, unknown>>) => {
    transmitter.metadata = { ...changes };
    const { status, body } = await signals("POST", "/check");
    return [status, (body as { code: string }).code];
  };
  expect(await outcome({ issuer: `${transmitter.issuer}/` })).toEqual([400, "transmitter_invalid"]);
  expect(await outcome({ jwks_uri: "http://keys.example.test" })).toEqual([400, "transmitter_invalid"]);
  transmitter.answers.discovery = (_req, res) => void res.writeHead(302, { location: "/jwks" }).end();
  expect(await outcome({})).toEqual([400, "transmitter_unavailable"]);
  expect(await state()).toMatchObject({ lastError: { code: "transmitter_unreachable" } });
  transmitter.answers = {};
  expect((await signals("POST", "/check")).status).toBe(200);
  transmitter.accessToken = "another";
  expect((await signals("PUT", "/stream", { mode: "push", accessToken: "wrong" })).body).toMatchObject({
    code: "transmitter_unauthorized",
  });
});
