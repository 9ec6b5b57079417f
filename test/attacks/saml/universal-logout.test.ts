/**
 * Requests to end all sessions of a SAML connection's person, that nobody made who may: signed by nobody, by another
 * connection's IdP, for another endpoint, or a second time. Draft Global Token Revocation §5; RFC 8725 §2.1, §3.1, §3.9,
 * §3.11; CWE-294, CWE-347, CWE-639, CWE-918.
 */

import { createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type HostileIdp, startHostileIdp } from "../upstream/hostile-idp.ts";
import { type LogoutTenant, type LogoutVictim, newLogoutIdp, startLogoutVictim } from "./logout-victim.ts";

const TYP = "global-token-revocation+jwt";

let victim: LogoutVictim;
/** Whose keys sign for the SAML connection: Okta's organization, beside its SAML application. */
let signer: HostileIdp;
let evil: HostileIdp;
let bravo: LogoutTenant;
beforeAll(async () => {
  [victim, signer, evil] = await Promise.all([startLogoutVictim(), startHostileIdp(), startHostileIdp()]);
  bravo = await victim.addTenant("bravo", newLogoutIdp("https://idp.bravo.test"));
  await setUp(victim.acme, signer);
  await setUp(bravo, evil);
});
afterAll(async () => {
  await Promise.all([signer.close(), evil.close()]);
  await victim.stop();
});
beforeEach(() => {
  signer.reset();
  evil.reset();
});

async function setUp({ slug, connectionId }: LogoutTenant, by: HostileIdp | null): Promise<void> {
  const universalLogout = by === null ? null : { issuer: by.issuer, jwksUri: `${by.issuer}/jwks` };
  const path = `/organizations/${slug}/connections/${connectionId}`;
  const answer = await victim.site.gateway.api("PATCH", path, { saml: { universalLogout } });
  expect([answer.status, answer.body]).toMatchObject([200, { saml: { universalLogout } }]);
}

const now = () => Math.floor(Date.now() / 1000);
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
const endpoint = ({ connectionId }: LogoutTenant) =>
  `${victim.site.gateway.url}/sso/saml/${connectionId}/global-token-revocation`;
const honest = (tenant = victim.acme, by = signer) => ({
  ...{ iss: by.issuer, aud: endpoint(tenant), iat: now(), exp: now() + 120, jti: randomUUID() },
});

function signed(claims: object, by = signer, header: object = { typ: TYP }): string {
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

const jo = { sub_id: { format: "opaque", id: "jo@example.test" } };
async function post(token: string | null, body: object = jo, tenant = victim.acme): Promise<number> {
  const response = await fetch(endpoint(tenant), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return response.status;
}

it.each<[string, () => string | null]>([
  ["no token", () => null],
  ["a token that is none", () => "garbage"],
  ["the algorithm none", () => forge({ alg: "none" }, honest())],
  ["no signature", () => forge({ alg: "ES256", kid: "first" }, honest())],
  ["a key of the attacker's", () => forge({ alg: "ES256", kid: "first" }, honest(), byAttacker)],
  [
    "a key that it brings itself",
    () => forge({ alg: "ES256", jwk: publicKey.export({ format: "jwk" }) }, honest(), byAttacker),
  ],
  [
    "a key at an address of the attacker's",
    () => forge({ alg: "ES256", kid: "x", jku: `${evil.issuer}/jwks` }, honest(), byAttacker),
  ],
  [
    "a MAC by the public key",
    () =>
      forge({ alg: "HS256", kid: "first" }, honest(), (text) =>
        createHmac("sha256", JSON.stringify(signer.publicJwk)).update(text).digest(),
      ),
  ],
  ["another connection's signer, as itself", () => signed({ ...honest(), iss: evil.issuer }, evil)],
  ["another connection's key", () => signed(honest(), evil)],
  ["the audience of another connection", () => signed({ ...honest(), aud: endpoint(bravo) })],
  ["the audience of the SAML service provider", () => signed({ ...honest(), aud: victim.acme.spEntityId })],
  ["the issuer of the SAML responses", () => signed({ ...honest(), iss: victim.idp.entityId })],
  ["the type of a logout token", () => signed(honest(), signer, { typ: "logout+jwt" })],
  ["a critical header", () => signed(honest(), signer, { typ: TYP, crit: ["b64"], b64: true })],
  ["no end", () => signed({ ...honest(), exp: undefined })],
  ["no id", () => signed({ ...honest(), jti: undefined })],
  ["a time long gone", () => signed({ ...honest(), iat: now() - 7_200, exp: now() - 3_600 })],
])("a request with %s ends nobody's sessions; an honest one does", async (what, token) => {
  const person = await victim.acme.signIn();
  expect([await post(token()), await victim.isLive(person)]).toEqual([401, true]);
  expect(evil.asked.jwks).toBe(0);
  if (what !== "no token") {
    expect((await victim.acme.lastRecord()).errorCode).toMatch(/^(?:universal_logout|oidc_)/);
  }
  expect([await post(signed(honest())), await victim.isLive(person)]).toEqual([204, false]);
});

/** A tenant of its own: of one connection, so many refusals in a row are refused unlooked at (429). */
async function addCharlie(slug: string): Promise<LogoutTenant> {
  const charlie = await victim.addTenant(slug, newLogoutIdp(`https://idp.${slug}.test`));
  await setUp(charlie, signer);
  return charlie;
}

it("a request counts once, also of twenty at the same time", async () => {
  const charlie = await addCharlie("charlie");
  await charlie.signIn();
  const token = signed(honest(charlie));
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(token, jo, charlie)));
  expect(answers.filter((status) => status === 204)).toHaveLength(1);
  expect(answers.filter((status) => status === 401 || status === 429)).toHaveLength(19);
  const person = await charlie.signIn();
  expect([401, 429]).toContain(await post(token, jo, charlie));
  expect(await victim.isLive(person)).toBe(true);
});

it.each<[string, () => object]>([
  ["a NameID", () => jo],
  [
    "issuer and NameID",
    () => ({ sub_id: { format: "iss_sub", iss: victim.idp.entityId, sub: "jo@example.test" } }),
  ],
  [
    "the signer and NameID",
    () => ({ subject: { format: "iss_sub", iss: signer.issuer, sub: "jo@example.test" } }),
  ],
  ["an address", () => ({ sub_id: { format: "email", email: "JO@example.test" } })],
])("whom %s means is signed out of all browsers, and nobody else is", async (_what, body) => {
  const jos = [await victim.acme.signIn(), await victim.acme.signIn()];
  const bo = await victim.acme.signIn({ nameId: "bo@example.test" });
  const same = await bravo.signIn();
  expect(await post(signed(honest()), body())).toBe(204);
  expect(await Promise.all([...jos, bo, same].map((one) => victim.isLive(one)))).toEqual([
    ...[false, false, true, true],
  ]);
});

it.each<[string, object, number]>([
  [
    "another issuer's subject",
    { sub_id: { format: "iss_sub", iss: "https://idp.bravo.test", sub: "jo@example.test" } },
    404,
  ],
  ["nobody", {}, 400],
  ["a format of no meaning here", { sub_id: { format: "did", url: "did:example:1" } }, 400],
  ["a pattern", { sub_id: { format: "opaque", id: "%" } }, 404],
])("a request that names %s ends nothing", async (_what, body, status) => {
  const person = await victim.acme.signIn();
  expect([await post(signed(honest()), body), await victim.isLive(person)]).toEqual([status, true]);
});

it("follows a change of the signer's keys, and of who signs, at once", async () => {
  const person = await victim.acme.signIn();
  expect(await post(signed(honest()), { sub_id: { format: "opaque", id: "nobody" } })).toBe(404);
  // The same IdP has another key from now on.
  const next = await startHostileIdp();
  signer.answers = {
    jwks: (_req, res) =>
      void res
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ keys: [{ ...next.publicJwk, kid: "second" }] })),
  };
  next.kid = "second";
  next.header = { typ: TYP };
  expect([await post(next.jwt(honest())), await victim.isLive(person)]).toEqual([204, false]);
  await next.close();

  const again = await victim.acme.signIn();
  await setUp(victim.acme, null);
  signer.reset();
  expect([await post(signed(honest())), await victim.isLive(again)]).toEqual([401, true]);
  expect((await victim.acme.lastRecord()).errorCode).toBe("universal_logout_not_set_up");
  await setUp(victim.acme, signer);
});

it("fetches keys from no address of an inner network, nor without TLS", async () => {
  const delta = await addCharlie("delta");
  const path = `/organizations/${delta.slug}/connections/${delta.connectionId}`;
  const patch = (jwksUri: string) =>
    victim.site.gateway.api("PATCH", path, {
      saml: { universalLogout: { issuer: "https://okta.test", jwksUri } },
    });
  for (const jwksUri of [
    "http://keys.example.test/jwks",
    "file:///etc/passwd",
    "https://user:pass@keys.example.test/",
  ]) {
    expect((await patch(jwksUri)).status).toBe(400);
  }
  expect((await patch("https://169.254.169.254/latest/meta-data")).status).toBe(200);
  const person = await delta.signIn();
  const token = signed({ ...honest(delta), iss: "https://okta.test" });
  expect([await post(token, jo, delta), await victim.isLive(person)]).toEqual([503, true]);
});
