import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  CLAIMS_CHANGE,
  PUSH,
  SESSION_REVOKED,
  type SignalApp,
  type SignalSite,
  STREAM_UPDATED,
  startPushReceiver,
  startSignalSite,
  VERIFICATION,
} from "../harness/signals.ts";

let site: SignalSite;
let wiki: SignalApp;
beforeAll(async () => {
  site = await startSignalSite();
  wiki = await site.addApp("wiki");
});
afterAll(() => site.stop());

/** Until there is something to read. */
const polled = (app: SignalApp, streamId: string) =>
  vi.waitFor(
    async () => {
      const { body } = await app.poll(streamId);
      expect(Object.keys(body.sets)).not.toEqual([]);
      return body.sets as Record<string, string>;
    },
    { timeout: 20_000, interval: 200 },
  );

it("says where everything is (SSF 1.0, section 7.1)", async () => {
  const response = await fetch(`${site.gateway.url}/.well-known/ssf-configuration`);
  expect(response.headers.get("content-type")).toContain("application/json");
  const at = (path: string) => site.gateway.url + path;
  expect(await response.json()).toEqual({
    spec_version: "1_0",
    issuer: site.gateway.url,
    jwks_uri: at("/.well-known/jwks.json"),
    delivery_methods_supported: ["urn:ietf:rfc:8935", "urn:ietf:rfc:8936"],
    configuration_endpoint: at("/ssf/streams"),
    status_endpoint: at("/ssf/status"),
    add_subject_endpoint: at("/ssf/subjects/add"),
    remove_subject_endpoint: at("/ssf/subjects/remove"),
    verification_endpoint: at("/ssf/verify"),
    authorization_schemes: [{ spec_urn: "urn:ietf:rfc:6749" }],
    default_subjects: "ALL",
  });
});

it("a stream that an operator paused tells so, and is enabled by an operator alone", async () => {
  const { stream_id } = await wiki.createStream();
  const set = (status: string, reason?: string) =>
    site.gateway.api("POST", `/applications/${wiki.id}/signal-streams/${stream_id}/status`, {
      status,
      reason,
    });
  expect((await set("paused", "Maintenance")).status).toBe(200);
  const [paused = ""] = Object.values(await polled(wiki, stream_id));
  expect(await site.verify(paused, wiki)).toMatchObject({
    sub_id: { format: "opaque", id: stream_id },
    events: { [STREAM_UPDATED]: { status: "paused", reason: "Maintenance" } },
  });
  const status = () => wiki.call("GET", `/ssf/status?stream_id=${stream_id}`);
  const held = { stream_id, status: "paused", reason: "Maintenance" };
  expect((await status()).body).toEqual(held);
  const enabled = { stream_id, status: "enabled" };
  expect(await wiki.call("POST", "/ssf/status", enabled)).toMatchObject({
    status: 403,
    body: { error: "invalid_request", error_description: expect.stringContaining("operator") },
  });
  expect((await status()).body).toEqual(held);
  expect((await set("enabled")).status).toBe(200);
  expect((await wiki.call("POST", "/ssf/status", { ...held, reason: "mine" })).status).toBe(200);
  expect((await wiki.call("POST", "/ssf/status", enabled)).status).toBe(200);
  const path = `/applications/${wiki.id}/signal-streams/${stream_id}`;
  expect((await site.gateway.api("DELETE", path)).status).toBe(204);
  expect((await status()).status).toBe(404);
});

describe("a polled stream", () => {
  it("tells of a session that ended, once, until it is acknowledged", async () => {
    const { stream_id, delivery } = await wiki.createStream({ description: "the wiki's" });
    expect(delivery).toEqual({
      method: "urn:ietf:rfc:8936",
      endpoint_url: `${site.gateway.url}/ssf/streams/${stream_id}/poll`,
    });
    const ann = await site.addPerson();
    const sessionId = await ann.signIn(wiki.id);
    await site.endSession(ann.organizationId, sessionId);
    const sets = await polled(wiki, stream_id);
    const [[jti, set] = ["", ""], ...more] = Object.entries(sets);
    expect(more).toEqual([]);
    expect(decodeProtectedHeader(set)).toMatchObject({ typ: "secevent+jwt", alg: "RS256" });
    const claims = await site.verify(set, wiki);
    expect(claims).toEqual({
      iss: site.gateway.url,
      aud: wiki.clientId,
      jti,
      iat: expect.any(Number),
      txn: expect.any(String),
      sub_id: {
        format: "complex",
        session: { format: "opaque", id: sessionId },
        user: { format: "iss_sub", iss: site.gateway.url, sub: ann.userId },
        tenant: { format: "opaque", id: ann.organizationId },
      },
      events: {
        [SESSION_REVOKED]: {
          event_timestamp: expect.any(Number),
          initiating_entity: "admin",
          reason_admin: { en: "An administrator ended the session" },
        },
      },
    });
    // Not acknowledged: the same event again, with the same id and time.
    const again = await site.verify((await polled(wiki, stream_id))[jti] ?? "", wiki);
    expect(again).toEqual(claims);
    const { body } = await wiki.poll(stream_id, { returnImmediately: true, ack: [jti] });
    expect(body).toEqual({ sets: {}, moreAvailable: false });
  });

  it("tells of other roles, with the tokens' claims as they are", async () => {
    const { stream_id } = await wiki.createStream();
    const ann = await site.addPerson();
    await ann.signIn(wiki.id);
    for (const [key, permissions] of [
      ["member", []],
      ["editor", ["pages.write"]],
    ] as const) {
      await site.gateway.api("POST", `/organizations/${ann.organizationId}/roles`, {
        key,
        name: key,
        permissions,
      });
    }
    const granted = await site.gateway.api(
      "PATCH",
      `/organizations/${ann.organizationId}/members/${ann.membershipId}`,
      { roles: ["admin", "editor"] },
    );
    expect(granted).toMatchObject({ status: 200, body: { roles: ["admin", "editor"] } });
    const [set = ""] = Object.values(await polled(wiki, stream_id));
    expect(await site.verify(set, wiki)).toMatchObject({
      sub_id: { format: "complex", user: { sub: ann.userId }, tenant: { id: ann.organizationId } },
      events: {
        [CLAIMS_CHANGE]: { claims: { roles: ["admin", "editor"], permissions: ["pages.write"] } },
      },
    });
  });

  it("keeps order, and answers as much as it is asked for", async () => {
    const { stream_id } = await wiki.createStream();
    const ann = await site.addPerson();
    const sessions = [await ann.signIn(wiki.id), await ann.signIn(wiki.id), await ann.signIn(wiki.id)];
    for (const session of sessions) {
      await site.endSession(ann.organizationId, session);
    }
    const seen: unknown[] = [];
    await vi.waitFor(
      async () => {
        const { body } = await wiki.poll(stream_id, { maxEvents: 1, returnImmediately: true });
        const [[jti, set] = ["", ""]] = Object.entries(body.sets as Record<string, string>);
        if (jti !== "") {
          seen.push((await site.verify(set, wiki)).sub_id);
          await wiki.poll(stream_id, { maxEvents: 0, ack: [jti] });
        }
        expect(seen).toHaveLength(3);
      },
      { timeout: 20_000, interval: 50 },
    );
    expect(seen).toMatchObject(sessions.map((id) => ({ session: { id } })));
  });

  it("waits for something to tell (RFC 8936, section 2.2)", async () => {
    const { stream_id } = await wiki.createStream();
    const answer = wiki.poll(stream_id, {});
    await wiki.call("POST", "/ssf/verify", { stream_id, state: "here I am" });
    const { body } = await answer;
    const [set = ""] = Object.values(body.sets as Record<string, string>);
    expect(await site.verify(set, wiki)).toMatchObject({
      sub_id: { format: "opaque", id: stream_id },
      events: { [VERIFICATION]: { state: "here I am" } },
    });
  });

  it("takes what is wrong with an event, and tells operators", async () => {
    const { stream_id } = await wiki.createStream();
    await wiki.call("POST", "/ssf/verify", { stream_id });
    const [jti = ""] = Object.keys(await polled(wiki, stream_id));
    const setErrs = { [jti]: { err: "invalid_audience", description: "not mine" } };
    const { body } = await wiki.poll(stream_id, { returnImmediately: true, setErrs });
    expect(body.sets).toEqual({});
    const { body: trail } = await site.gateway.api("GET", "/audit-events?type=signal_stream.event_refused");
    expect(trail).toMatchObject({
      items: [
        {
          type: "signal_stream.event_refused",
          resource: { id: stream_id },
          data: { jti, error: "invalid_audience" },
        },
      ],
    });
    // What it says in its own words is with the stream, and in no trail that keeps it.
    expect(JSON.stringify(trail)).not.toContain("not mine");
    const stream = await site.gateway.database.prisma.signalStream.findUniqueOrThrow({
      where: { id: stream_id },
    });
    expect(stream.lastError).toBe("It refused an event (invalid_audience): not mine");
  });
});

describe("a stream's settings", () => {
  it("are read, changed, replaced and deleted (SSF 1.0, section 8.1.1)", async () => {
    const app = await site.addApp("settings");
    expect((await app.call("GET", "/ssf/streams")).body).toEqual([]);
    const created = await app.call("POST", "/ssf/streams", {
      events_requested: [SESSION_REVOKED, "urn:example:unknown"],
      delivery: {
        method: PUSH,
        endpoint_url: "https://app.example.test/events",
        authorization_header: "Bearer s3cret",
      },
    });
    expect(created).toMatchObject({
      status: 201,
      body: {
        iss: site.gateway.url,
        aud: app.clientId,
        events_requested: [SESSION_REVOKED, "urn:example:unknown"],
        events_delivered: [SESSION_REVOKED],
        delivery: { method: PUSH, endpoint_url: "https://app.example.test/events" },
      },
    });
    expect(JSON.stringify(created.body)).not.toContain("s3cret");
    const { stream_id } = created.body;
    const { rows } = await site.gateway.database.sql.query<{ authorization: string }>(
      `SELECT "authorization" FROM signal_streams WHERE id = $1`,
      [stream_id],
    );
    expect(rows[0]?.authorization).toMatch(/^s1\./);
    expect((await app.call("GET", `/ssf/streams?stream_id=${stream_id}`)).body).toEqual(created.body);
    const another = { stream_id, iss: "https://other.example.test" };
    expect((await app.call("PATCH", "/ssf/streams", another)).status).toBe(400);
    const changed = await app.call("PATCH", "/ssf/streams", {
      ...created.body,
      events_requested: [CLAIMS_CHANGE],
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { events_delivered: [CLAIMS_CHANGE], delivery: { method: PUSH } },
    });
    const replaced = await app.call("PUT", "/ssf/streams", { stream_id, description: "new" });
    expect(replaced).toMatchObject({
      status: 200,
      body: { events_requested: [], delivery: { method: "urn:ietf:rfc:8936" }, description: "new" },
    });
    expect((await app.call("DELETE", `/ssf/streams?stream_id=${stream_id}`)).status).toBe(204);
    expect((await app.call("GET", `/ssf/streams?stream_id=${stream_id}`)).status).toBe(404);
    const { body: trail } = await site.gateway.api("GET", "/audit-events?limit=4");
    expect((trail as { items: unknown[] }).items).toMatchObject([
      { type: "signal_stream.deleted", before: { applicationId: app.id, delivery: "poll" } },
      { type: "signal_stream.updated", before: { delivery: "push" }, after: { delivery: "poll" } },
      { type: "signal_stream.updated", after: { eventsRequested: [CLAIMS_CHANGE] } },
      { type: "signal_stream.created", resource: { id: stream_id }, after: { applicationId: app.id } },
    ]);
  });

  it.each([
    [{ delivery: { method: "urn:other" } }],
    [{ delivery: { method: PUSH } }],
    [{ delivery: { method: PUSH, endpoint_url: "ftp://app.example.test" } }],
    [
      {
        delivery: {
          method: PUSH,
          endpoint_url: "https://a.example.test/",
          authorization_header: "a\r\nb: c",
        },
      },
    ],
    [{ events_requested: ["\u0000"] }],
    [{ description: 1 }],
  ])("are refused where they are none: %j", async (body) => {
    expect((await wiki.call("POST", "/ssf/streams", body)).status).toBe(400);
  });

  it("need the scope that the profile says", async () => {
    const { body: granted } = await wiki.token("ssf.read");
    expect(granted).toMatchObject({ scope: "ssf.read", token_type: "Bearer", expires_in: 600 });
    expect((await wiki.call("GET", "/ssf/streams", undefined, "ssf.read")).status).toBe(200);
    const refused = await wiki.call("POST", "/ssf/streams", {}, "ssf.read");
    expect(refused).toMatchObject({ status: 403, body: { error: "insufficient_scope" } });
    expect(refused.headers.get("www-authenticate")).toContain('scope="ssf.manage"');
  });
});

it("holds what happens while it is paused, and loses it while it is disabled", async () => {
  const { stream_id } = await wiki.createStream();
  const status = (value: string) =>
    wiki.call("POST", "/ssf/status", { stream_id, status: value, reason: "maintenance" });
  expect(await status("paused")).toMatchObject({ status: 200, body: { stream_id, status: "paused" } });
  const ann = await site.addPerson();
  const sessionId = await ann.signIn(wiki.id);
  await site.endSession(ann.organizationId, sessionId);
  const pending = async () => {
    const { rows } = await site.gateway.database.sql.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM pending_signals WHERE stream_id = $1",
      [stream_id],
    );
    return rows[0]?.count;
  };
  await vi.waitFor(async () => expect(await pending()).toBe(1), { timeout: 20_000 });
  expect((await wiki.poll(stream_id)).body.sets).toEqual({});
  await status("enabled");
  expect(Object.keys(await polled(wiki, stream_id))).toHaveLength(1);
  await status("disabled");
  expect(await pending()).toBe(0);
  expect((await wiki.call("GET", `/ssf/status?stream_id=${stream_id}`)).body).toEqual({
    stream_id,
    status: "disabled",
    reason: "maintenance",
  });
  const { body: trail } = await site.gateway.api(
    "GET",
    "/audit-events?type=signal_stream.status_changed&limit=1",
  );
  expect(trail).toMatchObject({
    items: [
      {
        type: "signal_stream.status_changed",
        before: { status: "enabled" },
        after: { status: "disabled" },
        data: { by: "receiver", reason: "maintenance" },
      },
    ],
  });
});

it("leaves out whom its receiver removed, until they are added again", async () => {
  const { stream_id } = await wiki.createStream();
  const [ann, bob] = [await site.addPerson(), await site.addPerson()];
  const subject = { format: "iss_sub", iss: site.gateway.url, sub: ann.userId };
  expect((await wiki.call("POST", "/ssf/subjects/remove", { stream_id, subject })).status).toBe(204);
  const ended = async (person: typeof ann) => {
    const id = await person.signIn(wiki.id);
    await site.endSession(person.organizationId, id);
    return id;
  };
  await ended(ann);
  const ofBob = await ended(bob);
  const sets = Object.entries(await polled(wiki, stream_id));
  expect(sets).toHaveLength(1);
  const [[jti, set] = ["", ""]] = sets;
  expect(await site.verify(set, wiki)).toMatchObject({ sub_id: { session: { id: ofBob } } });
  await wiki.poll(stream_id, { returnImmediately: true, ack: [jti] });
  expect((await wiki.call("POST", "/ssf/subjects/add", { stream_id, subject })).status).toBe(200);
  const ofAnn = await ended(ann);
  const [later = ""] = Object.values(await polled(wiki, stream_id));
  expect(await site.verify(later, wiki)).toMatchObject({ sub_id: { session: { id: ofAnn } } });
});

it.each([
  [
    "iss_sub",
    (person: { userId: string }) => ({ format: "iss_sub", iss: site.gateway.url, sub: person.userId }),
  ],
  ["email", () => ({ format: "email", email: "ann@example.com" })],
])("names people by %s where a stream asks for it", async (format, expected) => {
  const { stream_id } = await wiki.createStream({ format });
  const ann = await site.addPerson();
  await site.endSession(ann.organizationId, await ann.signIn(wiki.id));
  const [set = ""] = Object.values(await polled(wiki, stream_id));
  expect((await site.verify(set, wiki)).sub_id).toEqual(expected(ann));
});

describe("a pushed stream", () => {
  it("sends each event with the receiver's header, in order, and again where it was not taken", async () => {
    const receiver = await startPushReceiver();
    try {
      receiver.answer = { status: 503 };
      const { stream_id } = await wiki.createStream({
        delivery: { method: PUSH, endpoint_url: receiver.url, authorization_header: "Bearer s3cret" },
      });
      const ann = await site.addPerson();
      const sessions = [await ann.signIn(wiki.id), await ann.signIn(wiki.id)];
      for (const id of sessions) {
        await site.endSession(ann.organizationId, id);
      }
      await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(0), { timeout: 20_000 });
      expect(receiver.received[0]?.headers).toMatchObject({
        "content-type": "application/secevent+jwt",
        accept: "application/json",
        authorization: "Bearer s3cret",
      });
      receiver.answer = { status: 202 };
      const failed = receiver.received.length;
      await vi.waitFor(() => expect(receiver.received.length).toBe(failed + 2), { timeout: 30_000 });
      const taken = await Promise.all(
        receiver.received.slice(failed).map(({ set }) => site.verify(set, wiki)),
      );
      expect(taken).toMatchObject(sessions.map((id) => ({ sub_id: { session: { id } } })));
      const first = await site.verify(receiver.received[0]?.set ?? "", wiki);
      expect(first.jti).toBe(taken[0]?.jti);
      await wiki.call("DELETE", `/ssf/streams?stream_id=${stream_id}`);
    } finally {
      await receiver.close();
    }
  });

  it("sends no event again that its receiver refuses (RFC 8935, section 2.3)", async () => {
    const receiver = await startPushReceiver();
    try {
      receiver.answer = { status: 400, body: { err: "invalid_request", description: "no" } };
      const { stream_id } = await wiki.createStream({
        delivery: { method: PUSH, endpoint_url: receiver.url },
      });
      await wiki.call("POST", "/ssf/verify", { stream_id });
      const refused = async () => {
        const { body } = await site.gateway.api("GET", "/audit-events?type=signal_stream.event_refused");
        return (body as { items: { resource: { id: string } }[] }).items.filter(
          ({ resource }) => resource.id === stream_id,
        );
      };
      await vi.waitFor(async () => expect(await refused()).toHaveLength(1), {
        timeout: 20_000,
        interval: 200,
      });
      expect(receiver.received).toHaveLength(1);
    } finally {
      await receiver.close();
    }
  });
});
