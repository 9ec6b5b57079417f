import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

describe("the first key", () => {
  it("is made once, by however many processes start together", async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, () => openSigningKeys(options)));
    const kids = await Promise.all(opened.map(async (keys) => (await keys.current()).signing.kid));
    expect(new Set(kids).size).toBe(1);
    expect(await test.database.prisma.signingKey.count()).toBe(1);
  });

  it("is stored sealed", async () => {
    const keys = await openSigningKeys(options);
    const row = await test.database.prisma.signingKey.findFirstOrThrow();
    const { privateJwk } = (await keys.current()).signing;
    expect(JSON.stringify(row)).not.toContain(privateJwk.d);
    expect(JSON.stringify(row.publicJwk)).toContain(privateJwk.x);
  });
});

describe("signing", () => {
  it("makes tokens that anybody verifies by the published keys", async () => {
    const keys = await openSigningKeys(options);
    const token = await keys.sign(payload({ sid: "s" }), { typ: "logout+jwt" });
    const jwks = createLocalJWKSet({ keys: (await keys.current()).published.map((key) => key.publicJwk) });
    const verified = await jwtVerify(token, jwks, { ...EXPECTED, currentDate: new Date(clock) });
    expect(verified.payload).toEqual(payload({ sid: "s" }));
    expect(await keys.verify(token, EXPECTED)).toEqual(payload({ sid: "s" }));
  });

  it("is not fooled by another kind, another issuer, an expired or a foreign token", async () => {
    const keys = await openSigningKeys(options);
    const token = await keys.sign(payload(), { typ: "logout+jwt" });
    expect(await keys.verify(token, { ...EXPECTED, typ: "at+jwt" })).toBeNull();
    expect(await keys.verify(token, { ...EXPECTED, issuer: "https://other.example" })).toBeNull();
    expect(await keys.verify(`${token.slice(0, -4)}AAAA`, EXPECTED)).toBeNull();
    expect(await keys.verify("no.token", EXPECTED)).toBeNull();
    clock += 2 * MINUTE;
    expect(await keys.verify(token, EXPECTED)).toBeNull();
    expect(await keys.verify(token, { ...EXPECTED, acceptExpired: true })).not.toBeNull();

    const other = await createTestDatabase();
    const foreign = await openSigningKeys({ ...options, database: other.database });
    expect(await keys.verify(await foreign.sign(payload(), EXPECTED), EXPECTED)).toBeNull();
    await other.drop();
  });
});

describe("a rotation", () => {
  it("publishes the new key first, then signs with it, and keeps the old one for what it signed", async () => {
    const keys = await openSigningKeys(options);
    const before = await keys.sign(payload({ exp: clock / 1000 + 3600 }), EXPECTED);
    const newKid = await keys.rotate();
    expect((await keys.current()).published.map((key) => key.kid)).toEqual([kidOf(before), newKid]);

    clock += 6 * MINUTE;
    const after = await keys.sign(payload(), EXPECTED);
    expect(kidOf(after)).toBe(newKid);
    expect(await keys.verify(before, EXPECTED)).not.toBeNull();
    expect(await keys.verify(after, EXPECTED)).not.toBeNull();

    clock += 31 * DAY;
    expect((await keys.current()).published.map((key) => key.kid)).toEqual([newKid]);
    expect(await keys.verify(before, { ...EXPECTED, acceptExpired: true })).toBeNull();
  });

  it("reaches other processes with time, or with the first token by the new key", async () => {
    const one = await openSigningKeys(options);
    const two = await openSigningKeys(options);
    await one.rotate({ immediately: true });
    const token = await one.sign(payload({ exp: clock / 1000 + 3600 }), EXPECTED);
    clock += 2_000;
    expect(await two.verify(token, EXPECTED)).not.toBeNull();

    const newest = await one.rotate({ immediately: true });
    clock += 31_000;
    expect((await two.current()).signing.kid).toBe(newest);
  });

  it("out of distrust takes every other key back", async () => {
    const keys = await openSigningKeys(options);
    const before = await keys.sign(payload(), EXPECTED);
    await keys.rotate({ immediately: true });
    const kid = await keys.rotate({ distrust: true });
    expect((await keys.current()).published.map((key) => key.kid)).toEqual([kid]);
    expect(await keys.verify(before, EXPECTED)).toBeNull();
  });

  it("made twice at once leaves one key that signs", async () => {
    const keys = await openSigningKeys(options);
    await Promise.all([keys.rotate({ immediately: true }), keys.rotate({ immediately: true })]);
    clock += MINUTE;
    const { signing } = await keys.current();
    expect(signing.retiredAt).toBeNull();
    expect(await test.database.prisma.signingKey.count({ where: { retiredAt: null } })).toBe(1);
  });
});
