/**
 * Whoever has a copy of a signing key is anybody, everywhere: they forge access tokens, and ID tokens as hints. To distrust
 * the key must end that with the very next request, in every process, and end nobody's honest session.
 * NIST SP 800-57 part 1 §8.3 (revocation of compromised keys), CWE-324, CWE-347.
 */

import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { defined } from "@sallyport/defined";
import { sealContext } from "@sallyport/encryption-keys";
import { createSecretBox, newEncryptionKey, newToken } from "@sallyport/secrets";
import type { Browser } from "@sallyport/testing-browser";
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";
import { freePorts } from "../../harness/process.ts";
import { type SamlSite, startSamlSite } from "../../harness/saml-site.ts";
import { addCompany, type Company, person, tokensOf } from "../verify/victim.ts";

const ann = person("ann@acme.example.test");
const ring = newEncryptionKey();

let testDatabase: TestDatabase;
let site: SamlSite;
/** Another process over the same database. */
let second: TestGateway;
let acme: Company;
let browser: Browser;

beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 2 });
  const env = {
    RATE_LIMITS: "off",
    SALLYPORT_ENCRYPTION_KEYS: ring,
    SALLYPORT_ROOT_KEY: newToken("sp_root"),
  };
  site = await startSamlSite(undefined, { testDatabase, env });
  const port = await freePorts();
  const PUBLIC_URL = site.gateway.url; // both stand behind one address
  second = await startTestGateway({ testDatabase, env: { ...env, PUBLIC_URL, PORT: String(port) } });
  origins = [`http://localhost:${port}`, site.gateway.url];
  acme = await addCompany(site, "acme");
  browser = site.newBrowser();
});
afterAll(async () => {
  await second.stop();
  await site.stop();
  await testDatabase.drop();
});

/** The second process first: the first one is where the key is distrusted. */
let origins: string[];

/** What a thief has: the private half, of whom nobody knows how it got out. */
async function steal(kid: string) {
  const row = await testDatabase.database.prisma.signingKey.findUniqueOrThrow({ where: { id: kid } });
  const jwk = createSecretBox([ring]).open(
    row.privateJwk ?? "",
    sealContext("signing_keys.private_jwk", kid),
  );
  const { algorithm: alg } = row;
  const key = await importJWK(JSON.parse(jwk), alg);
  return (payload: object, typ?: string) =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg, kid, ...defined({ typ }) }).sign(key);
}

async function verifyAt(origin: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const audience = site.application.clientId;
  return (await fetch(`${origin}/session/verify?audience=${audience}`, { headers })).status;
}

async function userinfoAt(origin: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${origin}/oauth2/userinfo`, { headers })).status;
}

async function jwksAt(origin: string): Promise<string[]> {
  const { keys } = (await (await fetch(`${origin}/.well-known/jwks.json`)).json()) as {
    keys: { kid: string }[];
  };
  return keys.map((key) => key.kid);
}

async function distrustAt(origin: string, kid: string): Promise<number> {
  const headers = { authorization: `Bearer ${site.gateway.rootKey}` };
  return (await fetch(`${origin}/api/v1/signing-keys/${kid}/distrust`, { method: "POST", headers })).status;
}

async function logoutWith(origin: string, idTokenHint: string): Promise<number> {
  const url = `${origin}/oauth2/logout?id_token_hint=${idTokenHint}`;
  return (await fetch(url, { redirect: "manual" })).status;
}

describe("a stolen signing key", () => {
  it("is good for nothing from the answer to `distrust` on, at any process; honest people go on", async () => {
    const tokens = await tokensOf(site, acme, ann, { browser });
    const { kid = "" } = decodeProtectedHeader(tokens.accessToken);
    const forge = await steal(kid);
    const forged = await forge({ ...decodeJwt(tokens.accessToken), jti: "forged" }, "at+jwt");
    const hint = await forge({ ...decodeJwt(tokens.idToken ?? ""), nonce: "forged" });
    for (const origin of origins) {
      expect(await verifyAt(origin, forged)).toBe(200); // as long as nobody knows
      expect(await userinfoAt(origin, forged)).toBe(200);
      expect(await jwksAt(origin)).toContain(kid);
    }

    const { status, body } = await site.gateway.api("POST", `/signing-keys/${kid}/distrust`);
    expect([status, body]).toEqual([200, expect.objectContaining({ id: kid })]);

    for (const origin of origins) {
      for (const token of [forged, tokens.accessToken]) {
        expect(await verifyAt(origin, token)).toBe(401);
        expect(await userinfoAt(origin, token)).toBe(401);
      }
      expect(await jwksAt(origin)).not.toContain(kid);
      expect(await logoutWith(origin, hint)).toBe(400);
    }
    expect(await acme.tenant.sessions()).toBe(1); // the forged hint ended nothing

    // The browser is still signed in: it gets new tokens, of the new key, with nobody asked.
    const next = await tokensOf(site, acme, ann, { browser });
    expect(decodeJwt(next.accessToken).sid).toBe(decodeJwt(tokens.accessToken).sid);
    expect(await jwksAt(origins[0] ?? "")).toContain(decodeProtectedHeader(next.accessToken).kid);
    for (const origin of origins) {
      expect(await verifyAt(origin, next.accessToken)).toBe(200);
    }
  });

  it("of ID tokens takes only those along: the key of access tokens is another", async () => {
    const tokens = await tokensOf(site, acme, ann, { browser });
    const { kid = "", alg } = decodeProtectedHeader(tokens.idToken ?? "");
    expect(alg).toBe("RS256");
    const forge = await steal(kid);
    const forged = await forge({ ...decodeJwt(tokens.accessToken), jti: "forged" }, "at+jwt");
    const hint = await forge({ ...decodeJwt(tokens.idToken ?? ""), nonce: "forged" });
    for (const origin of origins) {
      expect(await verifyAt(origin, forged)).toBe(200); // as long as nobody knows
    }

    expect(await distrustAt(site.gateway.url, kid)).toBe(200);

    for (const origin of origins) {
      expect(await verifyAt(origin, forged)).toBe(401);
      expect(await logoutWith(origin, hint)).toBe(400);
      expect(await logoutWith(origin, tokens.idToken ?? "")).toBe(400);
      expect(await jwksAt(origin)).not.toContain(kid);
      expect(await verifyAt(origin, tokens.accessToken)).toBe(200); // an honest one, of the other key
    }
    const next = await tokensOf(site, acme, ann, { browser });
    const successor = decodeProtectedHeader(next.idToken ?? "");
    expect(successor.alg).toBe("RS256");
    expect(successor.kid).not.toBe(kid);
    expect(await jwksAt(origins[0] ?? "")).toContain(successor.kid);
  });

  it("is distrusted once, with one event, however often and wherever it is asked for", async () => {
    const { accessToken } = await tokensOf(site, acme, ann, { browser });
    const { kid = "" } = decodeProtectedHeader(accessToken);
    const answers = await Promise.all([...origins, ...origins].map((origin) => distrustAt(origin, kid)));
    expect(answers).toEqual([200, 200, 200, 200]);
    const events = await testDatabase.database.prisma.event.count({
      where: { type: "signing_key.distrusted", resourceId: kid },
    });
    expect(events).toBe(1);
  });

  it("is not for an organization's key to distrust", async () => {
    const { accessToken } = await tokensOf(site, acme, ann, { browser });
    const { kid = "" } = decodeProtectedHeader(accessToken);
    const made = await site.gateway.api("POST", "/api-keys", { name: "acme", organization: "acme" });
    const { key } = made.body as { key: string };
    const answer = await fetch(`${site.gateway.url}/api/v1/signing-keys/${kid}/distrust`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
    });
    expect(answer.status).toBe(403);
    expect(await verifyAt(site.gateway.url, accessToken)).toBe(200);
  });

  it("stays trusted through a rotation, also an immediate one: that is what the API says of it", async () => {
    const { accessToken } = await tokensOf(site, acme, ann, { browser });
    await site.gateway.api("POST", "/signing-keys/rotate", { immediately: true });
    for (const origin of origins) {
      expect(await verifyAt(origin, accessToken)).toBe(200);
    }
  });
});
