/**
 * A transmitter that is hostile, or is not the one that was meant: it has its answers fill memory, events of others end
 * sessions, or the credential go where it does not belong. RFC 8417 sections 4 and 5, RFC 8935 section 5, RFC 8936 section 4,
 * RFC 8725 §2.1, §3.1, §3.11, CWE-200, CWE-294, CWE-347, CWE-400, CWE-532, CWE-918.
 */

import { createHmac, createPublicKey } from "node:crypto";
import type { ServerResponse } from "node:http";
import { exportSPKI, importJWK, type JWK } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { SESSION_REVOKED, VERIFICATION } from "../../harness/signals.ts";
import { AUDIENCE, jtiOf, type ScriptedTransmitter, startTransmitter } from "../../harness/transmitter.ts";
import { type LogoutVictim, startLogoutVictim } from "../saml/logout-victim.ts";

let victim: LogoutVictim;
let transmitter: ScriptedTransmitter;
let evil: ScriptedTransmitter;
beforeAll(async () => {
  victim = await startLogoutVictim();
});
afterAll(() => victim.stop());
beforeEach(async () => {
  [transmitter, evil] = await Promise.all([startTransmitter(), startTransmitter()]);
  expect((await name({ issuer: transmitter.issuer })).status).toBe(200);
});
afterEach(async () => {
  await name(null);
  await Promise.all([transmitter.close(), evil.close()]);
});

const path = () => `/organizations/${victim.acme.slug}/connections/${victim.acme.connectionId}`;
const name = (signals: object | null) => victim.site.gateway.api("PATCH", path(), { saml: { signals } });
const api = (method: string, below = "", body?: unknown) =>
  victim.site.gateway.api(method, `${path()}/signals${below}`, body);
const make = (mode: "push" | "poll", accessToken = transmitter.accessToken) =>
  api("PUT", "/stream", { mode, accessToken });
const state = async () => (await api("GET")).body as { lastError: { code: string; message: string } | null };
const until = (look: () => Promise<void> | void) => vi.waitFor(look, { timeout: 25_000, interval: 50 });
/** As if the time until the next poll had passed. */
const pollNow = () =>
  victim.site.gateway.database.sql.query("UPDATE idp_streams SET due_at = now() WHERE due_at > now()");
/** A poll that failed, as on a busy machine, is not waited for. */
const retryNow = () =>
  victim.site.gateway.database.sql.query(
    "UPDATE idp_streams SET due_at = now() WHERE due_at > now() AND failures > 0",
  );
const jo = { format: "opaque", id: "jo@example.test" };
const ends = { sub_id: jo, events: { [SESSION_REVOKED]: {} } };
const json = (res: ServerResponse, body: unknown) => {
  res.writeHead(200, { "content-type": "application/json" });
  res.end(JSON.stringify(body));
};
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");

/** An honest SET with another header, and what signs it in place of the transmitter. */
async function forged(header: object, signature: (text: string) => string): Promise<string> {
  const claims = (await transmitter.set(ends)).split(".")[1];
  const text = `${encode({ typ: "secevent+jwt", kid: "of-a-test", ...header })}.${claims}`;
  return `${text}.${signature(text)}`;
}
async function publicPem(): Promise<string> {
  const answer = await fetch(new URL("/jwks", transmitter.issuer));
  const { keys } = (await answer.json()) as { keys: JWK[] };
  const key = await importJWK(keys[0] ?? {}, "RS256");
  return key instanceof Uint8Array ? "" : exportSPKI(key);
}

it.each<[string, string, () => Promise<string>]>([
  ["the algorithm none", "invalid_key", () => forged({ alg: "none" }, () => "")],
  [
    "a MAC by the public key",
    "invalid_key",
    async () => {
      const pem = await publicPem();
      expect(createPublicKey(pem).asymmetricKeyType).toBe("rsa");
      return forged({ alg: "HS256" }, (text) => createHmac("sha256", pem).update(text).digest("base64url"));
    },
  ],
  [
    "another transmitter's signature",
    "invalid_key",
    () => evil.set({ ...ends, iss: transmitter.issuer, jti: "forged" }),
  ],
  ["another transmitter's name", "invalid_issuer", () => evil.set(ends)],
  [
    "another receiver's audience",
    "invalid_audience",
    () => transmitter.set({ ...ends, aud: "https://other.test" }),
  ],
  ["another id than it is listed by", "invalid_request", () => transmitter.set({ ...ends, jti: "another" })],
  ["a NUL in its id", "invalid_request", () => transmitter.set({ ...ends, jti: "a\u0000b" })],
  ["no signed JWT at all", "invalid_request", () => Promise.resolve("garbage")],
  [
    "the age of eight days",
    "invalid_request",
    () => transmitter.set({ ...ends, iat: Date.now() / 1_000 - 8 * 86_400 }),
  ],
])(
  "a polled SET with %s ends nobody's sessions, and is told as %s; the honest one beside it does",
  async (_, err, set) => {
    await make("poll");
    const [person, bo] = [
      await victim.acme.signIn(),
      await victim.acme.signIn({ nameId: "bo@example.test" }),
    ];
    const bad = await set();
    const honest = await transmitter.tell({ format: "opaque", id: "bo@example.test" });
    // Last, since an honest one that is polled later takes the error back.
    transmitter.waiting.set("forged", bad);
    await pollNow();
    await until(async () => {
      await retryNow();
      expect(transmitter.acknowledged).toContain(honest);
      expect(transmitter.refused.get("forged")).toMatchObject({ err });
    });
    expect(await Promise.all([person, bo].map((one) => victim.isLive(one)))).toEqual([true, false]);
    await until(async () => expect((await state()).lastError).toMatchObject({ code: "event_refused" }));
  },
);

it("a SET counts once, whether it comes by poll, again by poll, or by push", async () => {
  await make("poll");
  const jti = await transmitter.tell(jo);
  const set = transmitter.waiting.get(jti) ?? "";
  await pollNow();
  await until(() => expect(transmitter.acknowledged).toContain(jti));
  const person = await victim.acme.signIn();
  transmitter.waiting.set(jti, set);
  await pollNow();
  await until(() => expect(transmitter.acknowledged.filter((one) => one === jti)).toHaveLength(2));
  expect(await victim.isLive(person)).toBe(true);
});

it("another connection's transmitter takes no id away by using it first", async () => {
  await make("poll");
  const tenant = await victim.addTenant("collides", victim.idp);
  const other = `/organizations/collides/connections/${tenant.connectionId}`;
  await victim.site.gateway.api("PATCH", other, { saml: { signals: { issuer: evil.issuer } } });
  await victim.site.gateway.api("PUT", `${other}/signals/stream`, {
    mode: "poll",
    accessToken: evil.accessToken,
  });
  await evil.tell(jo, SESSION_REVOKED, { jti: "the-same" });
  await pollNow();
  await until(() => expect(evil.acknowledged).toContain("the-same"));
  const person = await victim.acme.signIn();
  await transmitter.tell(jo, SESSION_REVOKED, { jti: "the-same" });
  await pollNow();
  await until(() => expect(transmitter.acknowledged).toContain("the-same"));
  expect(await victim.isLive(person)).toBe(false);
});

describe("an answer to a poll", () => {
  const HOSTILE: readonly [string, string, (res: ServerResponse) => void][] = [
    [
      "of 100 MB",
      "transmitter_unreachable",
      (res) => {
        res.writeHead(200, { "content-type": "application/json" });
        const chunk = "x".repeat(1024 * 1024);
        let sent = 0;
        const more = () => {
          while (sent < 100 && !res.destroyed) {
            sent += 1;
            if (!res.write(chunk)) {
              return void res.once("drain", more);
            }
          }
          res.end();
        };
        more();
      },
    ],
    [
      "with 100,000 sets",
      "transmitter_invalid",
      (res) => json(res, { sets: Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [n, "x"])) }),
    ],
    [
      "with more sets than were asked for",
      "transmitter_invalid",
      (res) => json(res, { sets: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [n, "x"])) }),
    ],
    ["that is nested without end", "transmitter_invalid", (res) => void res.end("[".repeat(1_000_000))],
    ["that is a list", "transmitter_invalid", (res) => json(res, [])],
    [
      "that sends the credential elsewhere",
      "transmitter_unreachable",
      (res) => void res.writeHead(307, { location: `${evil.issuer}/poll/x` }).end(),
    ],
    [
      "that inflates",
      "transmitter_unreachable",
      (res) => void res.writeHead(200, { "content-encoding": "gzip" }).end("x"),
    ],
  ];
  it.each(HOSTILE)("%s is refused (%s), and the stream goes on afterwards", async (_, code, answer) => {
    await make("poll");
    await until(() => expect(transmitter.acknowledged).toHaveLength(1));
    const person = await victim.acme.signIn();
    transmitter.answers.poll = (_req, res) => answer(res);
    await pollNow();
    await until(async () => expect((await state()).lastError).toMatchObject({ code }));
    expect(evil.asked).toEqual([]);
    transmitter.answers = {};
    const jti = await transmitter.tell(jo);
    await until(async () => {
      await pollNow();
      expect(transmitter.acknowledged).toContain(jti);
    });
    expect([await victim.isLive(person), (await state()).lastError]).toEqual([false, null]);
  });
});

describe("the credential", () => {
  it("goes to no host that the transmitter's configuration does not name", async () => {
    transmitter.answers.streams = (req, res) => {
      if (req.method === "DELETE") {
        return void res.writeHead(204).end();
      }
      const delivery = { method: "urn:ietf:rfc:8936", endpoint_url: `${evil.issuer}/poll/x` };
      json(res, { stream_id: "s", iss: transmitter.issuer, aud: AUDIENCE, delivery });
    };
    expect((await make("poll")).body).toMatchObject({ code: "transmitter_invalid" });
    expect(evil.asked).toEqual([]);
    // What was made is deleted again.
    expect(transmitter.asked.at(-1)).toMatchObject({ endpoint: "streams", method: "DELETE" });
  });

  it.each([
    "https://169.254.169.254/latest",
    "https://10.0.0.1/streams",
    "http://streams.example.test/",
    "https://user:pass@streams.example.test/",
  ])("goes to no inner network nor without TLS: %s", async (endpoint) => {
    transmitter.metadata = { configuration_endpoint: endpoint };
    const { status, body } = await make("push");
    expect([status, (body as { code: string }).code]).toEqual([400, expect.stringMatching(/^transmitter_/)]);
    expect(JSON.stringify(body)).not.toContain(transmitter.accessToken);
  });

  it("stands in no answer of the API, no event and no line of the log, whatever the transmitter makes of it", async () => {
    const { accessToken } = transmitter;
    const echo = (_req: unknown, res: ServerResponse) => {
      res.writeHead(403, { "content-type": "application/json" });
      res.end(JSON.stringify({ error: accessToken, error_description: accessToken }));
    };
    const answers = [(await make("push")).body];
    transmitter.answers = { streams: echo, status: echo, verification: echo };
    answers.push((await make("push")).body, (await api("POST", "/stream/verify")).body);
    answers.push((await api("POST", "/check")).body, (await api("GET")).body);
    answers.push((await victim.site.gateway.api("GET", path())).body);
    const events = await victim.site.gateway.api(
      "GET",
      `/organizations/${victim.acme.slug}/audit-events?limit=100`,
    );
    const pushToken = [...transmitter.streams.values()][0]?.delivery.authorization_header?.slice(
      "Bearer ".length,
    );
    expect(pushToken).toMatch(/^sps_/);
    for (const text of [
      JSON.stringify(answers),
      JSON.stringify(events.body),
      victim.site.gateway.logLines.join(""),
    ]) {
      expect(text).not.toContain(accessToken);
      expect(text).not.toContain(pushToken);
    }
    const { rows } = await victim.site.gateway.database.sql.query("SELECT s::text AS row FROM idp_streams s");
    expect(JSON.stringify(rows)).not.toContain(accessToken);
  });
});

describe("a pushed stream", () => {
  it("takes nothing without the token that it was made with, nor once it is polled", async () => {
    await make("push");
    const person = await victim.acme.signIn();
    const [stream] = transmitter.streams.values();
    const as = (authorization_header: string) =>
      stream === undefined
        ? undefined
        : { ...stream, delivery: { ...stream.delivery, authorization_header } };
    for (const header of ["", "Bearer wrong", "Basic eDp5", `Bearer ${transmitter.accessToken}`]) {
      expect(await transmitter.push(await transmitter.set(ends), as(header))).toBe(400);
    }
    expect((await victim.acme.lastRecord()).errorCode).toBe("signal_push_token_wrong");
    await make("poll");
    expect(await transmitter.push(await transmitter.set(ends), stream)).toBe(403);
    expect(await victim.isLive(person)).toBe(true);
  });

  it("is verified by no state but the one that was asked for", async () => {
    transmitter.answers.verification = (_req, res) => void res.writeHead(204).end();
    await make("push");
    const [stream] = transmitter.streams.values();
    for (const given of ["another", "", null, { $ne: "" }, "a\u0000b"]) {
      const events = { [VERIFICATION]: { state: given } };
      const set = await transmitter.set({ sub_id: { format: "opaque", id: stream?.id }, events });
      expect([jtiOf(set), await transmitter.push(set)]).toEqual([expect.any(String), 202]);
    }
    expect(await state()).toMatchObject({ lastVerifiedAt: null });
  });
});

describe("a transmitter's configuration", () => {
  it.each(["https://169.254.169.254", "https://10.1.2.3/tenant", "https://[::ffff:10.0.0.1]"])(
    "is read from no inner network: %s",
    async (issuer) => {
      expect((await name({ issuer })).status).toBe(200);
      expect((await api("POST", "/check")).body).toMatchObject({ code: "transmitter_unavailable" });
      expect((await make("push")).body).toMatchObject({ code: "transmitter_unavailable" });
    },
  );

  it.each([
    "http://idp.example.test",
    "https://idp.example.test/?a=b",
    "not a URL",
    "https://u:p@idp.example.test",
  ])("is not looked for at what is no issuer: %s", async (issuer) => {
    expect((await name({ issuer })).status).toBe(400);
  });

  it("of another issuer, or by a redirect, gives no keys", async () => {
    const person = await victim.acme.signIn();
    const url = `${victim.site.gateway.url}/ssf/receivers/${victim.acme.connectionId}/events`;
    transmitter.answers.discovery = (_req, res) =>
      json(res, { issuer: evil.issuer, jwks_uri: `${evil.issuer}/jwks` });
    const stream = { id: "", description: "", delivery: { method: "", endpoint_url: url } };
    const set = await evil.set({ ...ends, iss: transmitter.issuer, aud: url });
    expect(await transmitter.push(set, stream)).toBe(503);
    expect([await victim.isLive(person), evil.asked]).toEqual([true, []]);
  });
});

it("one that hangs keeps no other from being polled", async () => {
  await make("poll");
  await until(() => expect(transmitter.acknowledged).toHaveLength(1));
  const tenant = await victim.addTenant("beside", victim.idp);
  const other = `/organizations/beside/connections/${tenant.connectionId}`;
  await victim.site.gateway.api("PATCH", other, { saml: { signals: { issuer: evil.issuer } } });
  await victim.site.gateway.api("PUT", `${other}/signals/stream`, {
    mode: "poll",
    accessToken: evil.accessToken,
  });
  let hangs = 0;
  evil.answers.poll = () => {
    hangs += 1;
  };
  await pollNow();
  await until(() => expect(hangs).toBeGreaterThan(0));
  const person = await victim.acme.signIn();
  const jti = await transmitter.tell(jo);
  await until(async () => {
    await victim.site.gateway.database.sql.query(
      "UPDATE idp_streams SET due_at = now() WHERE due_at > now() AND issuer = $1",
      [transmitter.issuer],
    );
    expect(transmitter.acknowledged).toContain(jti);
  });
  expect([await victim.isLive(person), hangs]).toEqual([false, 1]);
});
