/**
 * Logout tokens that an OpenID Provider never sent, or sent for something else: whoever makes the gateway believe one signs
 * other people out, of whatever they are doing. OpenID Connect Back-Channel Logout 1.0 §2.6; RFC 8725 §2.1, §3.1, §3.11;
 * CWE-294 (replay), CWE-347 (signature), CWE-918 (a key's address in the header).
 */

import { createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { type OidcSite, type OidcTenant, startOidcSite } from "../../harness/oidc-site.ts";
import { type HostileIdp, startHostileIdp } from "../upstream/hostile-idp.ts";
import { letIn, signIn } from "../upstream/sign-in.ts";

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

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);
const honest = () => ({
  iss: idp.issuer,
  aud: "gateway",
  sub: "jo",
  iat: now(),
  exp: now() + 120,
  jti: randomUUID(),
  events: { [EVENT]: {} },
});

/** The same, signed by nobody, by a MAC, or by a key of the attacker's. */
function forge(
  header: object,
  signature: (text: string) => Buffer = () => Buffer.alloc(0),
  claims: object = honest(),
) {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${signature(text).toString("base64url")}`;
}
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const byAttacker = (text: string) =>
  sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });

let tenants = 0;
async function addVictim() {
  const slug = `victim-${++tenants}`;
  const tenant = await site.addTenant(slug, idp);
  expect(letIn((await signIn(site, tenant, idp)).page)).toBe(true);
  return { slug, tenant };
}

const sessions = z.object({ items: z.array(z.object({ revokedAt: z.string().nullable() })) });
const liveSessions = async (slug: string) =>
  sessions
    .parse((await site.gateway.api("GET", `/organizations/${slug}/sessions`)).body)
    .items.filter(({ revokedAt }) => revokedAt === null).length;

async function post({ connectionId }: OidcTenant, token: string): Promise<number> {
  const url = `${site.gateway.url}/sso/oidc/${connectionId}/backchannel-logout`;
  const body = new URLSearchParams({ logout_token: token });
  return (await fetch(url, { method: "POST", body })).status;
}

it.each<[string, () => string]>([
  ["the algorithm none", () => forge({ alg: "none" })],
  ["no signature", () => forge({ alg: "ES256", kid: "first" })],
  ["a key of the attacker's", () => forge({ alg: "ES256", kid: "first" }, byAttacker)],
  [
    "a key that it brings itself",
    () => forge({ alg: "ES256", kid: "mine", jwk: publicKey.export({ format: "jwk" }) }, byAttacker),
  ],
  [
    "a key at an address of the attacker's",
    () => forge({ alg: "ES256", kid: "x", jku: `${evil.issuer}/jwks` }, byAttacker),
  ],
  [
    "a MAC by the public key",
    () =>
      forge({ alg: "HS256", kid: "first" }, (text) =>
        createHmac("sha256", JSON.stringify(idp.publicJwk)).update(text).digest(),
      ),
  ],
  ["the word of another IdP", () => evil.jwt({ ...honest(), iss: evil.issuer })],
  ["another IdP's signature", () => evil.jwt(honest())],
  ["another client's audience", () => idp.jwt({ ...honest(), aud: "another" })],
  ["a nonce, as an ID token has", () => idp.jwt({ ...honest(), nonce: "n" })],
  ["no event, as an ID token", () => idp.jwt({ ...honest(), events: undefined })],
  ["a time to come", () => idp.jwt({ ...honest(), iat: now() + 3_600, exp: now() + 7_200 })],
  ["a time long gone", () => idp.jwt({ ...honest(), iat: now() - 7_200, exp: now() - 3_600 })],
  ["nobody", () => idp.jwt({ ...honest(), sub: undefined })],
])("a logout token with %s signs nobody out; an honest one does", async (_, token) => {
  const { slug, tenant } = await addVictim();
  expect([await post(tenant, token()), await liveSessions(slug)]).toEqual([400, 1]);
  expect(evil.asked).toEqual({ discovery: 0, jwks: 0, token: 0, userinfo: 0 });
  expect((await tenant.lastRecord()).outcome).toBe("failure");
  expect([await post(tenant, idp.jwt(honest())), await liveSessions(slug)]).toEqual([200, 0]);
});

it("a logout token counts once, and at its own connection's sessions only", async () => {
  const [one, other] = [await addVictim(), await addVictim()];
  const token = idp.jwt(honest());
  expect([await post(one.tenant, token), await liveSessions(one.slug)]).toEqual([200, 0]);
  expect(await liveSessions(other.slug)).toBe(1);
  await signIn(site, one.tenant, idp);
  expect([await post(one.tenant, token), await liveSessions(one.slug)]).toEqual([400, 1]);
});

it("a body of a megabyte is not read", async () => {
  const { slug, tenant } = await addVictim();
  const status = await post(tenant, "a".repeat(1_000_000)).catch(() => 413);
  expect([status, await liveSessions(slug)]).toEqual([expect.toSatisfy((code) => code >= 400), 1]);
});

it("the way back from a logout leads nowhere but where a logout of ours began", async () => {
  const { tenant } = await addVictim();
  const url = `${site.gateway.url}/sso/oidc/${tenant.connectionId}/logged-out`;
  for (const query of [
    "",
    "?state=https://evil.test/",
    "?post_logout_redirect_uri=https://evil.test/",
    "?state=a&state=b",
  ]) {
    const answer = await fetch(url + query, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([200, null]);
    expect(await answer.text()).not.toContain("evil.test");
  }
});
