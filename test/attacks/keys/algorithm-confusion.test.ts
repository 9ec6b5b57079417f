/**
 * There are keys of two algorithms: a token must not choose by which of them, or by what, it is verified.
 * RFC 8725 2.1 and 3.1 (algorithm confusion), CVE-2015-9235, CVE-2016-5431 (a public key taken for an HMAC secret).
 */

import { createHmac } from "node:crypto";
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, startSamlSite } from "../../harness/saml-site.ts";
import { addCompany, person, tokensOf } from "../verify/victim.ts";

let site: SamlSite;
let accessToken: string;
let idToken: string;
let jwks: JWK[];

beforeAll(async () => {
  site = await startSamlSite(undefined, { env: { RATE_LIMITS: "off" } });
  const tokens = await tokensOf(site, await addCompany(site, "acme"), person("ann@acme.example.test"));
  accessToken = tokens.accessToken;
  idToken = tokens.idToken ?? "";
  jwks = ((await (await fetch(`${site.gateway.url}/.well-known/jwks.json`)).json()) as { keys: JWK[] }).keys;
});
afterAll(() => site.stop());

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const keyOf = (alg: string) => jwks.find((key) => key.alg === alg) ?? {};

async function statuses(token: string): Promise<number[]> {
  const headers = { authorization: `Bearer ${token}` };
  const audience = decodeJwt(accessToken).aud;
  const paths = [`/session/verify?audience=${audience}`, "/oauth2/userinfo"];
  const asBearer = paths.map(async (path) => (await fetch(site.gateway.url + path, { headers })).status);
  const asHint = fetch(`${site.gateway.url}/oauth2/logout?id_token_hint=${token}`, { redirect: "manual" });
  return [...(await Promise.all(asBearer)), (await asHint).status];
}

it("takes the honest twins: an access token of the one, an ID token of the other", async () => {
  expect(decodeProtectedHeader(accessToken).alg).toBe("ES256");
  expect(decodeProtectedHeader(idToken).alg).toBe("RS256");
  expect((await statuses(accessToken)).slice(0, 2)).toEqual([200, 200]);
});

it.each(["ES256", "RS256"])('refuses what an HMAC by the public %s key "signed"', async (alg) => {
  const key = await importJWK(keyOf(alg), alg, { extractable: true });
  if (key instanceof Uint8Array) {
    throw new TypeError("not a public key");
  }
  const secrets = [await exportSPKI(key), (await exportSPKI(key)).trim(), JSON.stringify(keyOf(alg))];
  for (const secret of secrets) {
    for (const typ of ["at+jwt", "JWT"]) {
      const head = `${base64url({ alg: "HS256", typ, kid: keyOf(alg).kid })}.${base64url(decodeJwt(accessToken))}`;
      const forged = `${head}.${createHmac("sha256", secret).update(head).digest("base64url")}`;
      expect(await statuses(forged)).toEqual([401, 401, 400]);
    }
  }
});

it.each([
  ["RS256", "ES256"],
  ["ES256", "RS256"],
])("refuses, and does not stumble over, %s in the header with the key of %s", async (alg, named) => {
  const { privateKey } = await generateKeyPair(alg);
  for (const typ of ["at+jwt", "JWT"]) {
    const forged = await new SignJWT(decodeJwt(accessToken))
      .setProtectedHeader({ alg, typ, kid: keyOf(named).kid ?? "" })
      .sign(privateKey);
    expect(await statuses(forged)).toEqual([401, 401, 400]);
  }
  expect(site.gateway.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

it("refuses no algorithm at all, a key in the header, and an ID token as an access token", async () => {
  const none = `${base64url({ alg: "none", typ: "at+jwt" })}.${base64url(decodeJwt(accessToken))}.`;
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const own = await new SignJWT(decodeJwt(accessToken))
    .setProtectedHeader({ alg: "RS256", typ: "at+jwt", jwk: await exportJWK(publicKey) })
    .sign(privateKey);
  for (const forged of [none, own]) {
    expect(await statuses(forged)).toEqual([401, 401, 400]);
  }
  expect((await statuses(idToken)).slice(0, 2)).toEqual([401, 401]);
});
