import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { createLocalJWKSet, decodeProtectedHeader, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { privateHalfOf, SIGNING_ALGORITHMS, type SigningKey } from "./key-set.ts";
import { openSigningKeys, type SigningKeysOptions } from "./signing-keys.ts";

const ISSUER = "https://sso.example.com";
const EXPECTED = { typ: "logout+jwt", issuer: ISSUER };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let test: TestDatabase;
let clock: number;
let options: SigningKeysOptions;

beforeEach(async () => {
  test = await createTestDatabase();
  clock = Date.parse("2030-01-01T00:00:00Z");
  options = {
    database: test.database,
    secrets: createSecretBox([newEncryptionKey()]),
    now: () => new Date(clock),
  };
});
afterEach(() => test.drop());

const payload = (more = {}) => ({ iss: ISSUER, sub: "u", exp: clock / 1000 + 60, ...more });
const kidOf = (token: string) => decodeProtectedHeader(token).kid;

describe.each(SIGNING_ALGORITHMS)("%s", (alg) => {
  const BY = { typ: "logout+jwt", alg };
  const ofAlg = (keys: readonly SigningKey[]) =>
    keys.filter((key) => key.publicJwk.alg === alg).map((key) => key.kid);

  describe("the first key", () => {
    it("is made once, by however many processes start together", async () => {
      const opened = await Promise.all(Array.from({ length: 5 }, () => openSigningKeys(options)));
      const kids = await Promise.all(opened.map(async (keys) => (await keys.current()).signing[alg].kid));
      expect(new Set(kids).size).toBe(1);
      expect(await test.database.prisma.signingKey.count({ where: { algorithm: alg } })).toBe(1);
    });

    it("is stored sealed", async () => {
      const keys = await openSigningKeys(options);
      const row = await test.database.prisma.signingKey.findFirstOrThrow({ where: { algorithm: alg } });
      const { jwk } = privateHalfOf((await keys.current()).signing[alg]);
      expect(JSON.stringify(row)).not.toContain(jwk.d);
      expect(JSON.stringify(row.publicJwk)).toContain(jwk.kty === "EC" ? jwk.x : jwk.n);
    });
  });

  describe("signing", () => {
    it("makes tokens that anybody verifies by the published keys", async () => {
      const keys = await openSigningKeys(options);
      const token = await keys.sign(payload({ sid: "s" }), BY);
      const jwks = createLocalJWKSet({ keys: (await keys.current()).published.map((key) => key.publicJwk) });
      const verified = await jwtVerify(token, jwks, { ...EXPECTED, currentDate: new Date(clock) });
      expect(verified.payload).toEqual(payload({ sid: "s" }));
      expect(await keys.verify(token, EXPECTED)).toEqual(payload({ sid: "s" }));
    });

    it("is not fooled by another kind, another issuer, an expired or a foreign token", async () => {
      const keys = await openSigningKeys(options);
      const token = await keys.sign(payload(), BY);
      expect(await keys.verify(token, { ...EXPECTED, typ: "at+jwt" })).toBeNull();
      expect(await keys.verify(token, { ...EXPECTED, issuer: "https://other.example" })).toBeNull();
      expect(await keys.verify(`${token.slice(0, -4)}AAAA`, EXPECTED)).toBeNull();
      expect(await keys.verify("no.token", EXPECTED)).toBeNull();
      clock += 2 * MINUTE;
      expect(await keys.verify(token, EXPECTED)).toBeNull();
      expect(await keys.verify(token, { ...EXPECTED, acceptExpired: true })).not.toBeNull();

      const other = await createTestDatabase();
      const foreign = await openSigningKeys({ ...options, database: other.database });
      expect(await keys.verify(await foreign.sign(payload(), BY), EXPECTED)).toBeNull();
      await other.drop();
    });
  });

  describe("a rotation", () => {
    it("publishes the new key first, then signs with it, and keeps the old one for what it signed", async () => {
      const keys = await openSigningKeys(options);
      const before = await keys.sign(payload({ exp: clock / 1000 + 3600 }), BY);
      const newKid = (await keys.rotate())[alg];
      expect(ofAlg((await keys.current()).published)).toEqual([kidOf(before), newKid]);

      clock += 6 * MINUTE;
      const after = await keys.sign(payload(), BY);
      expect(kidOf(after)).toBe(newKid);
      expect(await keys.verify(before, EXPECTED)).not.toBeNull();
      expect(await keys.verify(after, EXPECTED)).not.toBeNull();

      clock += 31 * DAY;
      expect(ofAlg((await keys.current()).published)).toEqual([newKid]);
      expect(await keys.verify(before, { ...EXPECTED, acceptExpired: true })).toBeNull();
    });

    it("reaches other processes with time, or with the first token by the new key", async () => {
      const one = await openSigningKeys(options);
      const two = await openSigningKeys(options);
      await one.rotate({ immediately: true });
      const token = await one.sign(payload({ exp: clock / 1000 + 3600 }), BY);
      clock += 2_000;
      expect(await two.verify(token, EXPECTED)).not.toBeNull();

      const newest = (await one.rotate({ immediately: true }))[alg];
      clock += 31_000;
      expect((await two.current()).signing[alg].kid).toBe(newest);
    });

    it("made twice at once leaves one key that signs", async () => {
      const keys = await openSigningKeys(options);
      await Promise.all([keys.rotate({ immediately: true }), keys.rotate({ immediately: true })]);
      clock += MINUTE;
      const { signing } = await keys.current();
      expect(signing[alg].retiredAt).toBeNull();
      expect(
        await test.database.prisma.signingKey.count({ where: { retiredAt: null, algorithm: alg } }),
      ).toBe(1);
    });
  });

  describe("to distrust a key", () => {
    it("takes it back at once, in every process, and makes another first where it was the only one", async () => {
      const one = await openSigningKeys(options);
      const two = await openSigningKeys(options);
      const token = await two.sign(payload({ exp: clock / 1000 + 3600 }), BY);
      const kid = kidOf(token) ?? "";
      const result = await one.distrust(kid);
      const successor = result.outcome === "distrusted" ? result.successor : null;
      for (const keys of [one, two]) {
        expect(await keys.verify(token, EXPECTED)).toBeNull();
        expect(ofAlg((await keys.latest()).published)).toEqual([successor]);
        expect(kidOf(await keys.sign(payload(), BY))).toBe(successor);
      }
      expect(await test.database.prisma.signingKey.findUniqueOrThrow({ where: { id: kid } })).toMatchObject({
        privateJwk: null,
        distrustedAt: new Date(clock),
      });
    });

    it("happens once: again changes nothing, and an unknown one is none", async () => {
      const keys = await openSigningKeys(options);
      const kid = (await keys.current()).signing[alg].kid;
      const all = await Promise.all(Array.from({ length: 5 }, () => keys.distrust(kid)));
      expect(all.map(({ outcome }) => outcome).toSorted()).toEqual(
        ["distrusted", ...Array(4).fill("distrusted_before")].toSorted(),
      );
      expect(await test.database.prisma.signingKey.count({ where: { algorithm: alg } })).toBe(2);
      expect(await keys.distrust("nobody")).toEqual({ outcome: "unknown" });
    });

    it("leaves what others signed, and lets the one that was to come sign now", async () => {
      const keys = await openSigningKeys(options);
      const before = await keys.sign(payload(), BY);
      const coming = (await keys.rotate())[alg];
      expect(await keys.distrust(kidOf(before) ?? "")).toEqual({ outcome: "distrusted", successor: null });
      expect(kidOf(await keys.sign(payload(), BY))).toBe(coming);
    });

    it("of the one that was to come makes another for when the present one retires", async () => {
      const keys = await openSigningKeys(options);
      const present = (await keys.current()).signing[alg].kid;
      const coming = (await keys.rotate())[alg];
      const result = await keys.distrust(coming);
      expect(result).toEqual({ outcome: "distrusted", successor: expect.any(String) });
      expect(kidOf(await keys.sign(payload(), BY))).toBe(present);
      clock += 6 * MINUTE;
      expect(kidOf(await keys.sign(payload(), BY))).toBe("successor" in result ? result.successor : "");
    });

    it("counts for whoever asks after it, however many ask meanwhile", async () => {
      const one = await openSigningKeys(options);
      const two = await openSigningKeys(options);
      const token = await two.sign(payload({ exp: clock / 1000 + 3600 }), BY);
      const early = Array.from({ length: 20 }, () => two.verify(token, EXPECTED));
      await one.distrust(kidOf(token) ?? "");
      const late = Array.from({ length: 20 }, () => two.verify(token, EXPECTED));
      expect(await Promise.all(late)).toEqual(Array(20).fill(null));
      await Promise.all(early);
    });
  });

  describe("a key whose private half cannot be opened", () => {
    it("still verifies what it signed; what must sign with it says which encryption key is missing", async () => {
      const token = await (await openSigningKeys(options)).sign(payload(), BY);
      const secrets = createSecretBox([newEncryptionKey()]);
      const keys = await openSigningKeys({ ...options, secrets });
      expect(await keys.verify(token, EXPECTED)).not.toBeNull();
      await expect(keys.sign(payload(), BY)).rejects.toMatchObject({ code: "secret_key_unknown" });
    });
  });
});

it("signs each kind of token as it is asked to, by a key of that algorithm; no key verifies the other one's", async () => {
  const keys = await openSigningKeys(options);
  const { published } = await keys.current();
  for (const alg of SIGNING_ALGORITHMS) {
    const header = decodeProtectedHeader(await keys.sign(payload(), { typ: "JWT", alg }));
    expect(header).toMatchObject({ alg, typ: "JWT" });
    expect(published.find((key) => key.kid === header.kid)?.publicJwk.alg).toBe(alg);
  }
});

it("refuses a token whose header names the other algorithm than its key's", async () => {
  const keys = await openSigningKeys(options);
  const { signing } = await keys.current();
  const foreign = await generateKeyPair("RS256");
  const forged = await new SignJWT(payload())
    .setProtectedHeader({ alg: "RS256", kid: signing.ES256.kid, typ: "logout+jwt" })
    .sign(foreign.privateKey);
  expect(await keys.verify(forged, EXPECTED)).toBeNull();
});

it("adds the algorithm that an older version did not know, beside the key that is there", async () => {
  const before = await openSigningKeys(options);
  const token = await before.sign(payload(), { typ: "logout+jwt", alg: "ES256" });
  await test.database.sql.query("DELETE FROM signing_keys WHERE algorithm = 'RS256'");
  const upgraded = await openSigningKeys(options);
  expect((await upgraded.current()).signing.ES256.kid).toBe(kidOf(token));
  expect(await upgraded.verify(token, EXPECTED)).not.toBeNull();
  expect(await test.database.prisma.signingKey.count()).toBe(2);
});
