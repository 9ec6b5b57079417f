/**
 * Requests to end all sessions of a person that the IdP never made, or made for something else: whoever makes the gateway
 * believe one signs other people out, of whatever they are doing. RFC 8725 §2.1, §3.1, §3.9, §3.11; CWE-294 (replay),
 * CWE-347 (signature), CWE-918 (a key's address in the header), CWE-639 (another tenant's people).
 */

import { createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { type OidcSite, type OidcTenant, startOidcSite } from "../../harness/oidc-site.ts";
import { type HostileIdp, startHostileIdp } from "../upstream/hostile-idp.ts";
import { letIn, signIn } from "../upstream/sign-in.ts";

const TYP = "global-token-revocation+jwt";
let site: OidcSite;
let idp: HostileIdp;
let evil: HostileIdp;
beforeAll(async () => {
  [site, idp, evil] = await Promise.all([startOidcSite(), startHostileIdp(), startHostileIdp()]);
});
afterAll(async () => {
  await Promise.all([idp.close(), evil.close()]);
  await site.stop();
});
beforeEach(() => {
  idp.reset();
  evil.reset();
});

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);
const endpoint = ({ connectionId }: OidcTenant) =>
  `${site.gateway.url}/sso/oidc/${connectionId}/global-token-revocation`;
const honest = (tenant: OidcTenant) => ({
  iss: idp.issuer,
  aud: endpoint(tenant),
  iat: now(),
  exp: now() + 120,
  jti: randomUUID(),
});

/** As the IdP signs it. */
function signed(claims: object, by = idp, header: object = { typ: TYP }): string {
  by.header = { ...header };
  const jwt = by.jwt({ ...claims });
  by.header = {};
  return jwt;
}
/** The same, signed by nobody, by a MAC, or by a key of the attacker's. */
function forge(header: object, claims: object, signature: (text: string) => Buffer = () => Buffer.alloc(0)) {
  const text = `${encode({ typ: TYP, ...header })}.${encode(claims)}`;
  return `${text}.${signature(text).toString("base64url")}`;
}
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const byAttacker = (text: string) =>
  sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });

let tenants = 0;
async function addVictim(by = idp) {
  const slug = `ended-${++tenants}`;
  const tenant = await site.addTenant(slug, by);
  expect(letIn((await signIn(site, tenant, by)).page)).toBe(true);
  return { slug, tenant };
}

const sessions = z.object({ items: z.array(z.object({ revokedAt: z.string().nullable() })) });
const liveSessions = async (slug: string) =>
  sessions
    .parse((await site.gateway.api("GET", `/organizations/${slug}/sessions`)).body)
    .items.filter(({ revokedAt }) => revokedAt === null).length;

const jo = () => ({ sub_id: { format: "iss_sub", iss: idp.issuer, sub: "jo" } });
async function post(tenant: OidcTenant, token: string | null, body: object = jo()): Promise<number> {
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

it.each<[string, (tenant: OidcTenant) => string | null]>([
  ["no token", () => null],
  ["a token that is none", () => "garbage"],
  ["the algorithm none", (tenant) => forge({ alg: "none" }, honest(tenant))],
  ["no signature", (tenant) => forge({ alg: "ES256", kid: "first" }, honest(tenant))],
  ["a key of the attacker's", (tenant) => forge({ alg: "ES256", kid: "first" }, honest(tenant), byAttacker)],
  [
    "a key that it brings itself",
    (tenant) => forge({ alg: "ES256", jwk: publicKey.export({ format: "jwk" }) }, honest(tenant), byAttacker),
  ],
  [
    "a key at an address of the attacker's",
    (tenant) => forge({ alg: "ES256", kid: "x", jku: `${evil.issuer}/jwks` }, honest(tenant), byAttacker),
  ],
  [
    "a MAC by the public key",
    (tenant) =>
      forge({ alg: "HS256", kid: "first" }, honest(tenant), (text) =>
        createHmac("sha256", JSON.stringify(idp.publicJwk)).update(text).digest(),
      ),
  ],
  ["the word of another IdP", (tenant) => signed({ ...honest(tenant), iss: evil.issuer }, evil)],
  ["another IdP's signature", (tenant) => signed(honest(tenant), evil)],
  ["another endpoint's audience", (tenant) => signed({ ...honest(tenant), aud: `${endpoint(tenant)}x` })],
  ["the client's audience, as an ID token", (tenant) => signed({ ...honest(tenant), aud: "gateway" })],
  ["the type of an ID token", (tenant) => signed(honest(tenant), idp, {})],
  ["the type of a logout token", (tenant) => signed(honest(tenant), idp, { typ: "logout+jwt" })],
  ["a critical header", (tenant) => signed(honest(tenant), idp, { typ: TYP, crit: ["b64"], b64: true })],
  ["no end", (tenant) => signed({ ...honest(tenant), exp: undefined })],
  ["no id", (tenant) => signed({ ...honest(tenant), jti: undefined })],
  ["a time to come", (tenant) => signed({ ...honest(tenant), iat: now() + 3_600, exp: now() + 7_200 })],
  ["a time long gone", (tenant) => signed({ ...honest(tenant), iat: now() - 7_200, exp: now() - 3_600 })],
  [
    "an issue long gone, without end",
    (tenant) => signed({ ...honest(tenant), iat: now() - 7_200, exp: now() + 9e9 }),
  ],
])("a request with %s ends nobody's sessions; an honest one does", async (what, token) => {
  const { slug, tenant } = await addVictim();
  expect([await post(tenant, token(tenant)), await liveSessions(slug)]).toEqual([401, 1]);
  expect(evil.asked).toEqual({ discovery: 0, jwks: 0, token: 0, userinfo: 0 });
  if (what !== "no token") {
    expect((await tenant.lastRecord()).outcome).toBe("failure");
  }
  expect([await post(tenant, signed(honest(tenant))), await liveSessions(slug)]).toEqual([204, 0]);
});

it("a request counts once", async () => {
  const { slug, tenant } = await addVictim();
  const token = signed(honest(tenant));
  expect([await post(tenant, token), await liveSessions(slug)]).toEqual([204, 0]);
  await signIn(site, tenant, idp);
  expect([await post(tenant, token), await liveSessions(slug)]).toEqual([401, 1]);
});

it("a request ends the sessions of whom it names, in all browsers, and of nobody else", async () => {
  const { slug, tenant } = await addVictim();
  await signIn(site, tenant, idp);
  idp.claims = { sub: "bo", email: "bo@bravo.test" };
  idp.userinfo = { sub: "bo", email: "bo@bravo.test" };
  await signIn(site, tenant, idp);
  expect(await liveSessions(slug)).toBe(3);
  expect([await post(tenant, signed(honest(tenant))), await liveSessions(slug)]).toEqual([204, 1]);
  const bo = { sub_id: { format: "email", email: "BO@Bravo.Test" } };
  expect([await post(tenant, signed(honest(tenant)), bo), await liveSessions(slug)]).toEqual([204, 0]);
});

it("an IdP ends the sessions of its own connection's people only", async () => {
  const [one, other] = [await addVictim(), await addVictim(evil)];
  // By a name that the other tenant's person has, too; or as the other's issuer would say it.
  for (const sub_id of [
    { format: "email", email: "jo@bravo.test" },
    { format: "iss_sub", iss: idp.issuer, sub: "jo" },
    { format: "iss_sub", iss: evil.issuer, sub: "jo" },
  ]) {
    await post(one.tenant, signed(honest(one.tenant)), { sub_id });
    expect(await liveSessions(other.slug)).toBe(1);
  }
  expect(await post(other.tenant, signed(honest(one.tenant)))).toBe(401);
  const theirs = { ...honest(other.tenant), iss: evil.issuer };
  const named = { sub_id: { format: "iss_sub", iss: evil.issuer, sub: "jo" } };
  expect([await post(other.tenant, signed(theirs, evil), named), await liveSessions(other.slug)]).toEqual([
    204, 0,
  ]);
});

it.each<[string, object, number]>([
  ["nobody", {}, 400],
  ["a format of no meaning here", { sub_id: { format: "phone_number", phone_number: "+1" } }, 400],
  ["a number", { sub_id: { format: "iss_sub", iss: "x", sub: 7 } }, 400],
  ["whom nobody knows", { sub_id: { format: "email", email: "no@bravo.test" } }, 404],
  ["a pattern", { sub_id: { format: "email", email: "%@bravo.test" } }, 404],
])("a request that names %s ends nothing", async (_, body, status) => {
  const { slug, tenant } = await addVictim();
  expect([await post(tenant, signed(honest(tenant)), body), await liveSessions(slug)]).toEqual([status, 1]);
});

it("what has no token is told nothing of people, and a body of a megabyte is not read", async () => {
  const { slug, tenant } = await addVictim();
  expect(await post(tenant, "garbage", { sub_id: { format: "email", email: "no@bravo.test" } })).toBe(401);
  expect(await post(tenant, signed(honest(tenant)), { ...jo(), x: "x".repeat(1_000_000) })).toBe(413);
  expect(await liveSessions(slug)).toBe(1);
});
