import { CompactSign, exportJWK, generateKeyPair, type JWK } from "jose";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createIdpKeys, type IdpKeys } from "./keys.ts";

type Key = Awaited<ReturnType<typeof makeKey>>;

async function makeKey(kid: string | undefined) {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk: JWK = { ...(await exportJWK(publicKey)), use: "sig", ...(kid === undefined ? {} : { kid }) };
  const sign = (header: { kid?: string } = kid === undefined ? {} : { kid }) =>
    new CompactSign(new TextEncoder().encode("{}"))
      .setProtectedHeader({ alg: "ES256", ...header })
      .sign(privateKey);
  return { jwk, sign };
}

let one: Key;
let two: Key;
let nameless: Key[];
beforeAll(async () => {
  one = await makeKey("one");
  two = await makeKey("two");
  nameless = await Promise.all([makeKey(undefined), makeKey(undefined), makeKey(undefined)]);
});

let published: unknown[];
let status: number;
let asked: number;
let clock: number;
let sizes: number[];
let keys: IdpKeys;
beforeEach(() => {
  published = [one.jwk];
  status = 200;
  asked = 0;
  clock = Date.UTC(2026, 4, 4);
  sizes = [];
  keys = createIdpKeys({
    outbound: {
      fetch: async () => {
        asked += 1;
        return Response.json({ keys: published }, { status });
      },
      close: async () => {},
    },
    jwksUri: "https://idp.example/jwks",
    now: () => clock,
    onSize: (bytes) => void sizes.push(bytes),
  });
});

const verify = (jwt: string) => keys.verify(jwt, ["ES256", "RS256"]);
const refusal = (jwt: string) =>
  verify(jwt).then(
    () => "verified",
    (error) => error.finding.code as string,
  );
const tick = () => {
  clock += 1;
};

it("fetches keys once for many, keeps of them what verifies, and fetches them anew after five minutes", async () => {
  published = [{ ...one.jwk, x5c: ["much"] }, { kid: "without a type" }];
  await Promise.all([verify(await one.sign()), verify(await one.sign())]);
  clock += 5 * 60_000 - 1;
  await verify(await one.sign());
  expect([asked, sizes.length]).toEqual([1, 1]);
  expect(sizes[0]).toBeLessThan(300);
  tick();
  await verify(await one.sign());
  expect(asked).toBe(2);
});

describe("a key that was changed is met at once", () => {
  it("where the token names one that is not known", async () => {
    await verify(await one.sign());
    tick();
    published = [two.jwk];
    await verify(await two.sign());
    expect(asked).toBe(2);
    expect(await refusal(await one.sign())).toBe("oidc_key_unknown");
  });

  it("where it names none, and where the new one has the name of the old", async () => {
    published = [nameless[0]?.jwk];
    await verify((await nameless[0]?.sign()) ?? "");
    tick();
    published = [nameless[1]?.jwk];
    await verify((await nameless[1]?.sign()) ?? "");
    tick();
    published = [{ ...two.jwk, kid: "one" }];
    await verify(await two.sign({ kid: "one" }));
    expect(asked).toBe(3);
  });

  it("once for everybody who comes with it", async () => {
    await verify(await one.sign());
    tick();
    published = [one.jwk, two.jwk];
    const token = await two.sign();
    await Promise.all([verify(token), verify(token), verify(await one.sign())]);
    expect(asked).toBe(2);
  });
});

describe("tokens of unknown keys", () => {
  it("have the keys fetched once for each key in half a minute", async () => {
    expect(await refusal(await two.sign())).toBe("oidc_key_unknown");
    tick();
    expect(await refusal(await two.sign())).toBe("oidc_key_unknown");
    expect(asked).toBe(1);
    clock += 30_000;
    published = [two.jwk];
    expect(await refusal(await two.sign())).toBe("verified");
  });

  it("have them fetched five times, and then once in half a minute, whatever they name", async () => {
    await verify(await one.sign());
    for (let n = 0; n < 20; n++) {
      tick();
      expect(await refusal(await two.sign({ kid: `made up ${n}` }))).toBe("oidc_key_unknown");
    }
    expect(asked).toBe(6);
    clock += 30_000;
    for (const kid of ["more", "and more"]) {
      tick();
      await refusal(await two.sign({ kid }));
    }
    expect(asked).toBe(7);
    expect(await refusal(await one.sign())).toBe("verified");
  });
});

it("tries each key that may have signed a token which names none", async () => {
  published = nameless.slice(0, 2).map((key) => key.jwk);
  await verify((await nameless[1]?.sign()) ?? "");
  expect(await refusal((await nameless[2]?.sign()) ?? "")).toBe("oidc_signature_invalid");
});

it("says which keys there are, and which one was needed", async () => {
  await expect(verify(await two.sign())).rejects.toMatchObject({
    finding: {
      claim: "kid",
      expected: "a key with kid two, alg ES256",
      found: ["kid one, kty EC, alg any, use sig"],
    },
  });
});

it("refuses what is no JWT, another algorithm, and a signature of another key", async () => {
  expect(await refusal("a.b")).toBe("oidc_token_malformed");
  const [, payload] = (await one.sign()).split(".");
  const none = Buffer.from('{"alg":"none"}').toString("base64url");
  expect(await refusal(`${none}.${payload}.`)).toBe("oidc_algorithm_unexpected");
  expect(await refusal(await two.sign({ kid: "one" }))).toBe("oidc_signature_invalid");
});

it("keeps no failure", async () => {
  status = 503;
  expect(await refusal(await one.sign())).toBe("oidc_jwks_unavailable");
  status = 200;
  published = "none" as unknown as unknown[];
  expect(await refusal(await one.sign())).toBe("idp_answer_invalid");
  published = [one.jwk];
  expect(await refusal(await one.sign())).toBe("verified");
});
