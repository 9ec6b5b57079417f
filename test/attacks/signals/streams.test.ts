/**
 * Streams of security events tell who signs in where, and when it ends: whoever reads another's stream, or has it pushed
 * where the gateway alone can go, learns what no application of theirs was given. SSF 1.0 section 9, RFC 8935 section 5,
 * RFC 8417 section 4.5, CWE-639, CWE-918.
 */

import { createRemoteJWKSet, decodeJwt, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  PUSH,
  SESSION_REVOKED,
  type SignalApp,
  type SignalSite,
  startSignalSite,
} from "../../harness/signals.ts";

let site: SignalSite;
let wiki: SignalApp;
let mallory: SignalApp;
let stream: string;
beforeAll(async () => {
  site = await startSignalSite({ env: { OUTBOUND_ALLOW: "203.0.113.0/24" } });
  [wiki, mallory] = [await site.addApp("wiki"), await site.addApp("mallory")];
  stream = (await wiki.createStream()).stream_id;
});
afterAll(() => site.stop());

describe("another application", () => {
  it.each<[string, string, (id: string) => unknown]>([
    ["GET", "/ssf/streams?stream_id={id}", () => undefined],
    ["PATCH", "/ssf/streams", (stream_id) => ({ stream_id, description: "mine" })],
    ["PUT", "/ssf/streams", (stream_id) => ({ stream_id, events_requested: [SESSION_REVOKED] })],
    ["DELETE", "/ssf/streams?stream_id={id}", () => undefined],
    ["GET", "/ssf/status?stream_id={id}", () => undefined],
    ["POST", "/ssf/status", (stream_id) => ({ stream_id, status: "disabled" })],
    ["POST", "/ssf/verify", (stream_id) => ({ stream_id })],
    [
      "POST",
      "/ssf/subjects/add",
      (stream_id) => ({ stream_id, subject: { format: "email", email: "a@b.example" } }),
    ],
    [
      "POST",
      "/ssf/subjects/remove",
      (stream_id) => ({ stream_id, subject: { format: "email", email: "a@b.example" } }),
    ],
    ["POST", "/ssf/streams/{id}/poll", () => ({ returnImmediately: true })],
  ])("is told that there is no such stream, like one that never was: %s %s", async (method, path, body) => {
    const answer = async (id: string) => {
      const { status, body: said } = await mallory.call(method, path.replace("{id}", id), body(id));
      return { status, said };
    };
    const theirs = await answer(stream);
    expect(theirs.status).toBe(404);
    expect(theirs).toEqual(await answer("01a22674-d39e-7677-bc56-37e3edd4da70"));
    expect((await wiki.call("GET", `/ssf/status?stream_id=${stream}`)).body).toEqual({
      stream_id: stream,
      status: "enabled",
    });
  });

  it("hears nothing of sessions whose tokens it never had, nor acknowledges others' events", async () => {
    const own = (await mallory.createStream()).stream_id;
    const ann = await site.addPerson();
    const [theirs, shared] = [await ann.signIn(wiki.id), await ann.signIn(mallory.id)];
    for (const id of [theirs, shared]) {
      await site.endSession(ann.organizationId, id);
    }
    const sets = async (app: SignalApp, id: string) =>
      (await app.poll(id)).body.sets as Record<string, string>;
    await vi.waitFor(async () => expect(Object.keys(await sets(mallory, own))).not.toEqual([]), {
      timeout: 20_000,
    });
    const told = Object.values(await sets(mallory, own)).map((set) => decodeJwt(set).sub_id);
    expect(told).toMatchObject([{ session: { id: shared } }]);
    const jtis = Object.keys(await sets(wiki, stream));
    expect(jtis).not.toEqual([]);
    await mallory.poll(own, { returnImmediately: true, ack: jtis });
    expect(Object.keys(await sets(wiki, stream))).toEqual(jtis);
  });
});

describe("a token", () => {
  const withToken = async (token: string, path = "/ssf/streams") =>
    fetch(site.gateway.url + path, { headers: token === "" ? {} : { authorization: `Bearer ${token}` } });

  it("in the query, or none, is refused (profile, section 2.7.3)", async () => {
    const { body } = await wiki.token("ssf.read");
    for (const response of [
      await withToken(""),
      await withToken("", `/ssf/streams?access_token=${body.access_token}`),
    ]) {
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
    }
  });

  it("of somebody else's making is refused", async () => {
    const { body } = await wiki.token("ssf.manage");
    const claims = decodeJwt(body.access_token);
    const secret = new TextEncoder().encode("a secret that the gateway never had");
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "at+jwt" }).sign(secret);
    const [, payload] = body.access_token.split(".");
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url")}.${payload}.`;
    for (const token of [forged, unsigned, `${body.access_token.slice(0, -4)}AAAA`]) {
      expect((await withToken(token)).status).toBe(401);
    }
  });

  it("of an application that is gone is worth nothing", async () => {
    const gone = await site.addApp("gone");
    const { body } = await gone.token();
    expect((await withToken(body.access_token)).status).toBe(200);
    expect((await site.gateway.api("DELETE", `/applications/${gone.id}`)).status).toBe(204);
    expect((await withToken(body.access_token)).status).toBe(401);
  });

  it("of an application opens nothing of a person's, and is for no other resource", async () => {
    const { body } = await wiki.token("openid profile ssf.read");
    expect(body.scope).toBe("ssf.read");
    const headers = { authorization: `Bearer ${body.access_token}` };
    for (const path of ["/oauth2/userinfo", `/session/verify?audience=${wiki.clientId}`]) {
      expect((await fetch(site.gateway.url + path, { headers })).status).toBe(401);
    }
    expect((await wiki.token("openid", { resource: site.gateway.url })).status).toBe(400);
  });

  it("is given to no public application", async () => {
    const { body } = await site.gateway.api("POST", "/applications", {
      name: "spa",
      public: true,
      redirectUris: ["https://spa.example.test/callback"],
    });
    const { clientId } = body as { clientId: string };
    const response = await fetch(`${site.gateway.url}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        scope: "ssf.manage",
        client_id: clientId,
      }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error_description: "requested grant type is not allowed for this client",
    });
  });
});

it("is pushed to no private address, and tells its operator why", async () => {
  const secret = "http://127.0.0.1:9/";
  for (const endpoint_url of [secret, "https://169.254.169.254/latest/meta-data", "https://[::1]/"]) {
    const { stream_id } = await wiki.createStream({ delivery: { method: PUSH, endpoint_url } });
    await wiki.call("POST", "/ssf/verify", { stream_id });
    await vi.waitFor(
      async () => {
        const { rows } = await site.gateway.database.sql.query<{ last_error: string | null }>(
          "SELECT last_error FROM signal_streams WHERE id = $1",
          [stream_id],
        );
        expect(rows[0]?.last_error).toContain("not a public address");
      },
      { timeout: 20_000 },
    );
    await wiki.call("DELETE", `/ssf/streams?stream_id=${stream_id}`);
  }
});

it("passes for no other token: a SET opens nothing, whatever its audience (RFC 8417, section 4.5)", async () => {
  const { stream_id } = await wiki.createStream();
  await wiki.call("POST", "/ssf/verify", { stream_id });
  const [set = ""] = Object.values((await wiki.poll(stream_id)).body.sets as Record<string, string>);
  const headers = { authorization: `Bearer ${set}` };
  for (const path of ["/ssf/streams", "/oauth2/userinfo", `/session/verify?audience=${wiki.clientId}`]) {
    expect((await fetch(site.gateway.url + path, { headers })).status).toBe(401);
  }
  const claims = decodeJwt(set);
  expect([claims.sub, claims.exp]).toEqual([undefined, undefined]);
  // Neither does it pass for an ID token at a relying party that looks at `typ`.
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", site.gateway.url));
  await expect(jwtVerify(set, keys, { typ: "JWT" })).rejects.toThrow("typ");
});
