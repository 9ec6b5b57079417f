/**
 * Security events that no transmitter of the connection's made, or made for somebody else, or once before: each would sign
 * people out whom nobody meant, or let a stranger see whether they are signed in. RFC 8417 sections 4 and 5, RFC 8935 section
 * 5, RFC 8725 §2.1, §3.1, §3.11, CWE-294, CWE-347, CWE-639, CWE-918.
 */

import { createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import {
  type LogoutTenant,
  type LogoutVictim,
  newLogoutIdp,
  startLogoutVictim,
} from "../saml/logout-victim.ts";
import { type HostileIdp, startHostileIdp } from "../upstream/hostile-idp.ts";

const TYP = "secevent+jwt";
const AUDIENCE = "https://sso.example.test/acme";
const CAEP = "https://schemas.openid.net/secevent/caep/event-type";
const RISC = "https://schemas.openid.net/secevent/risc/event-type";
const SESSION_REVOKED = `${CAEP}/session-revoked`;

let victim: LogoutVictim;
let transmitter: HostileIdp;
let evil: HostileIdp;
let bravo: LogoutTenant;
beforeAll(async () => {
  [victim, transmitter, evil] = await Promise.all([
    startLogoutVictim(),
    startHostileIdp(),
    startHostileIdp(),
  ]);
  bravo = await victim.addTenant("bravo", newLogoutIdp("https://idp.bravo.test"));
  await setUp(victim.acme, transmitter);
  await setUp(bravo, evil, { audience: "https://sso.example.test/bravo" });
});
afterAll(async () => {
  await Promise.all([transmitter.close(), evil.close()]);
  await victim.stop();
});
beforeEach(() => {
  transmitter.reset();
  evil.reset();
});

async function setUp({ slug, connectionId }: LogoutTenant, by: HostileIdp, more: object = {}): Promise<void> {
  const signals = {
    issuer: by.issuer,
    jwksUri: `${by.issuer}/jwks`,
    audience: AUDIENCE,
    strict: false,
    ...more,
  };
  const path = `/organizations/${slug}/connections/${connectionId}`;
  const answer = await victim.site.gateway.api("PATCH", path, { saml: { signals } });
  expect([answer.status, answer.body]).toMatchObject([200, { saml: { signals } }]);
}

const now = () => Math.floor(Date.now() / 1000);
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
const jo = { format: "opaque", id: "jo@example.test" };
const honest = () => ({
  ...{ iss: transmitter.issuer, aud: AUDIENCE, iat: now(), jti: randomUUID(), sub_id: jo as object },
  events: { [SESSION_REVOKED]: { event_timestamp: now() } } as object,
});

function signed(claims: object, by = transmitter, header: object = { typ: TYP }): string {
  by.header = { ...header };
  const jwt = by.jwt({ ...claims });
  by.header = {};
  return jwt;
}
function forge(header: object, claims: object, signature: (text: string) => Buffer = () => Buffer.alloc(0)) {
  const text = `${encode({ typ: TYP, ...header })}.${encode(claims)}`;
  return `${text}.${signature(text).toString("base64url")}`;
}
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const byAttacker = (text: string) =>
  sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });

async function push(set: string, tenant = victim.acme, type = "application/secevent+jwt") {
  const response = await fetch(`${victim.site.gateway.url}/ssf/receivers/${tenant.connectionId}/events`, {
    method: "POST",
    headers: { "content-type": type, accept: "application/json" },
    body: set,
  });
  const text = await response.text();
  return { status: response.status, err: text === "" ? null : (JSON.parse(text) as { err: string }).err };
}
const taken = { status: 202, err: null };

it.each<[string, string, () => string]>([
  ["nothing that is a JWT", "invalid_request", () => "garbage"],
  ["the algorithm none", "invalid_key", () => forge({ alg: "none" }, honest())],
  ["no signature", "invalid_key", () => forge({ alg: "ES256", kid: "first" }, honest())],
  [
    "a key of the attacker's",
    "invalid_key",
    () => forge({ alg: "ES256", kid: "first" }, honest(), byAttacker),
  ],
  [
    "a key that it brings itself",
    "invalid_key",
    () => forge({ alg: "ES256", jwk: publicKey.export({ format: "jwk" }) }, honest(), byAttacker),
  ],
  [
    "a MAC by the public key",
    "invalid_key",
    () =>
      forge({ alg: "HS256", kid: "first" }, honest(), (text) =>
        createHmac("sha256", JSON.stringify(transmitter.publicJwk)).update(text).digest(),
      ),
  ],
  [
    "another connection's transmitter, as itself",
    "invalid_issuer",
    () => signed({ ...honest(), iss: evil.issuer }, evil),
  ],
  ["another connection's key", "invalid_key", () => signed(honest(), evil)],
  [
    "another receiver's audience",
    "invalid_audience",
    () => signed({ ...honest(), aud: "https://sso.example.test/bravo" }),
  ],
  ["no type", "invalid_request", () => signed(honest(), transmitter, { typ: "JWT" })],
  [
    "the type of a logout token",
    "invalid_request",
    () => signed(honest(), transmitter, { typ: "logout+jwt" }),
  ],
  [
    "a critical header",
    "invalid_request",
    () => signed(honest(), transmitter, { typ: TYP, crit: ["b64"], b64: true }),
  ],
  ["an end", "invalid_request", () => signed({ ...honest(), exp: now() + 60 })],
  [
    "a subject of its own, as an ID token has",
    "invalid_request",
    () => signed({ ...honest(), sub: "jo@example.test" }),
  ],
  ["no id", "invalid_request", () => signed({ ...honest(), jti: undefined })],
  ["a time to come", "invalid_request", () => signed({ ...honest(), iat: now() + 3_600 })],
  ["a time long gone", "invalid_request", () => signed({ ...honest(), iat: now() - 8 * 86_400 })],
  ["no event", "invalid_request", () => signed({ ...honest(), events: {} })],
  [
    "two events",
    "invalid_request",
    () => signed({ ...honest(), events: { [SESSION_REVOKED]: {}, "urn:example:other": {} } }),
  ],
])("a SET with %s ends nobody's sessions (%s); an honest one does", async (_what, err, set) => {
  const person = await victim.acme.signIn();
  expect([await push(set()), await victim.isLive(person)]).toEqual([{ status: 400, err }, true]);
  expect(evil.asked.jwks).toBe(0);
  expect((await victim.acme.lastRecord()).errorCode).toMatch(/^signal_/);
  expect([await push(signed(honest())), await victim.isLive(person)]).toEqual([taken, false]);
});

it("a SET counts once, whoever sends it again is told that it was taken", async () => {
  const set = signed(honest());
  const answers = await Promise.all(Array.from({ length: 10 }, () => push(set)));
  expect(answers).toEqual(Array.from({ length: 10 }, () => taken));
  const person = await victim.acme.signIn();
  expect([await push(set), await victim.isLive(person)]).toEqual([taken, true]);
});

it.each<[string, () => object]>([
  ["a NameID", () => ({ sub_id: jo })],
  [
    "issuer and NameID",
    () => ({ sub_id: { format: "iss_sub", iss: victim.idp.entityId, sub: "jo@example.test" } }),
  ],
  [
    "the transmitter and NameID",
    () => ({ sub_id: { format: "iss_sub", iss: transmitter.issuer, sub: "jo@example.test" } }),
  ],
  ["an address", () => ({ sub_id: { format: "email", email: "JO@example.test" } })],
  [
    "user and session",
    () => ({
      sub_id: {
        format: "complex",
        user: { format: "email", email: "jo@example.test" },
        session: { format: "opaque", id: "s" },
      },
    }),
  ],
  [
    "a subject of old drafts, in the event",
    () => ({ sub_id: undefined, events: { [SESSION_REVOKED]: { subject: jo } } }),
  ],
])("whom %s means is signed out, and nobody else is", async (_what, changes) => {
  const jos = [await victim.acme.signIn(), await victim.acme.signIn()];
  const bo = await victim.acme.signIn({ nameId: "bo@example.test" });
  const same = await bravo.signIn();
  expect(await push(signed({ ...honest(), ...changes() }))).toEqual(taken);
  expect(await Promise.all([...jos, bo, same].map((one) => victim.isLive(one)))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

it.each<[string, object]>([
  ["another issuer's subject", { format: "iss_sub", iss: "https://idp.bravo.test", sub: "jo@example.test" }],
  ["a format of no meaning here", { format: "did", url: "did:example:1" }],
  ["a pattern", { format: "opaque", id: "%" }],
])("an event about %s is taken, ends nothing, and does not tell who is known", async (_what, sub_id) => {
  const person = await victim.acme.signIn();
  expect([await push(signed({ ...honest(), sub_id })), await victim.isLive(person)]).toEqual([taken, true]);
});

it.each<[string, boolean, boolean]>([
  [`${CAEP}/credential-change`, true, true],
  [`${RISC}/account-disabled`, true, true],
  [`${RISC}/account-purged`, true, true],
  [`${CAEP}/token-claims-change`, false, true],
  [`${CAEP}/device-compliance-change`, false, true],
  [`${CAEP}/assurance-level-change`, false, true],
  ["https://schemas.openid.net/secevent/ssf/event-type/verification", false, false],
  ["urn:example:unknown", false, false],
])("%s ends sessions: %s, and where the connection is strict: %s", async (type, usually, strictly) => {
  for (const [strict, ends] of [
    [false, usually],
    [true, strictly],
  ] as const) {
    await setUp(victim.acme, transmitter, { strict });
    const person = await victim.acme.signIn();
    const set = { ...honest(), events: { [type]: {} } };
    expect([await push(signed(set)), await victim.isLive(person)]).toEqual([taken, !ends]);
    const { body } = await victim.site.gateway.api(
      "GET",
      `/organizations/${victim.acme.slug}/audit-events?type=connection.signal_received&limit=1`,
    );
    expect(body).toMatchObject({
      items: [{ type: "connection.signal_received", data: { type, jti: set.jti, acted: ends } }],
    });
  }
  await setUp(victim.acme, transmitter);
});

it("takes nothing where nobody was named, nor anything that is no SET by its type", async () => {
  const person = await victim.acme.signIn();
  const set = signed(honest());
  expect(await push(set, victim.acme, "application/json")).toEqual({ status: 400, err: "invalid_request" });
  const path = `/organizations/${victim.acme.slug}/connections/${victim.acme.connectionId}`;
  expect((await victim.site.gateway.api("PATCH", path, { saml: { signals: null } })).status).toBe(200);
  expect(await push(set)).toEqual({ status: 404, err: "access_denied" });
  expect(await victim.isLive(person)).toBe(true);
  await setUp(victim.acme, transmitter);
});

it("fetches keys from no address of an inner network, nor without TLS", async () => {
  const path = `/organizations/${victim.acme.slug}/connections/${victim.acme.connectionId}`;
  const signals = (jwksUri: string) => ({ issuer: "https://okta.test", jwksUri, audience: AUDIENCE });
  for (const jwksUri of [
    "http://keys.example.test/jwks",
    "file:///etc/passwd",
    "https://user:pass@keys.example.test/",
  ]) {
    expect(
      (await victim.site.gateway.api("PATCH", path, { saml: { signals: signals(jwksUri) } })).status,
    ).toBe(400);
  }
  await setUp(victim.acme, transmitter, {
    issuer: "https://okta.test",
    jwksUri: "https://169.254.169.254/latest",
  });
  const person = await victim.acme.signIn();
  const answer = await push(signed({ ...honest(), iss: "https://okta.test" }));
  expect([answer.status, await victim.isLive(person)]).toEqual([503, true]);
  await setUp(victim.acme, transmitter);
});
