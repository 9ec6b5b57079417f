import { generateKeyPairSync } from "node:crypto";
import { oidcLogoutUrls } from "@sallyport/connections";
import { type Browser, createBrowser, type Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createLogoutFixture,
  type LogoutFixture,
  SIGNED_OUT,
  type SignedIn,
} from "./testing/logout-fixture.ts";
import { createLogoutOp, type LogoutOp } from "./testing/logout-op.ts";

let fixture: LogoutFixture;
let op: LogoutOp;
let organizationId: string;
let connectionId: string;

beforeAll(async () => {
  [fixture, op] = await Promise.all([createLogoutFixture(), createLogoutOp()]);
  organizationId = await fixture.addOrganization("bravo", ["bravo.test"]);
  connectionId = await connect();
});
afterAll(async () => {
  await op.close();
  await fixture.close();
});
beforeEach(() => op.reset());

const connect = (settings: { logoutAtIdp?: boolean } = {}) =>
  fixture.addOidcConnection(organizationId, {
    issuer: op.issuer,
    clientId: op.clientId,
    clientSecret: "secret",
    ...settings,
  });
const login = (sub: string, sid?: string, id = connectionId): Promise<SignedIn> => {
  op.claims = { sub, ...(sid === undefined ? {} : { sid }) };
  return fixture.signInBy(id, (request) => op.authenticate(request));
};
const isLive = async ({ sessionId }: SignedIn) => (await fixture.session(sessionId)).revokedAt === null;
const lastRecord = () => fixture.database.prisma.loginRecord.findFirstOrThrow({ orderBy: { id: "desc" } });
const urls = (id = connectionId) => oidcLogoutUrls(fixture.publicUrl, id);
const HOME = { post_logout_redirect_uri: SIGNED_OUT, state: "s&1" };
const AT_HOME = `${SIGNED_OUT}?state=s%261`;

/** The IdP's server posts a logout token. */
async function notify(token: string, id = connectionId): Promise<[number, string | null]> {
  const answer = await fetch(urls(id).backchannelLogoutUri, {
    method: "POST",
    body: new URLSearchParams({ logout_token: token }),
  });
  await answer.text();
  return [answer.status, answer.headers.get("cache-control")];
}

describe("a sign-out at the application", () => {
  it("goes on to the IdP with the ID token, and comes home with its state", async () => {
    const person = await login("jo", "s1");
    const visit = await fixture.signOut(person, HOME);
    const { origin, pathname, searchParams } = new URL(visit.location);
    expect(origin + pathname).toBe(`${op.issuer}/logout`);
    const { state = "", ...said } = Object.fromEntries(searchParams);
    expect(said).toEqual({
      id_token_hint: op.idTokens.at(-1),
      client_id: op.clientId,
      post_logout_redirect_uri: urls().postLogoutRedirectUri,
    });
    expect(await isLive(person)).toBe(false);
    const home = await person.browser.get(`${urls().postLogoutRedirectUri}?state=${state}`);
    expect([home.status, home.location]).toEqual([303, AT_HOME]);
    // Once only.
    const again = await person.browser.get(`${urls().postLogoutRedirectUri}?state=${state}`);
    expect([again.status, again.location]).toEqual([200, ""]);
  });

  it("keeps the ID token sealed, and of its own session only", async () => {
    const person = await login("jo", "s2");
    const { idpSession } = await fixture.database.prisma.session.findUniqueOrThrow({
      where: { id: person.sessionId },
    });
    expect(idpSession).toEqual({ sid: "s2", idToken: expect.stringMatching(/^s1\./) });
    const { idToken } = idpSession as { idToken: string };
    const context = `sessions.idp_session.idToken:${person.sessionId}`;
    expect(fixture.secrets.open(idToken, context)).toBe(op.idTokens.at(-1));
  });

  it("posts an ID token that is too long for an address", async () => {
    op.claims = { groups: Array.from({ length: 150 }, (_, n) => `group ${n}`) };
    const person = await fixture.signInBy(connectionId, (request) => op.authenticate(request));
    const visit = await fixture.signOut(person, HOME);
    expect([visit.status, visit.form?.action]).toEqual([200, `${op.issuer}/logout`]);
    expect(visit.form?.fields.id_token_hint).toBe(op.idTokens.at(-1));
  });

  it("goes straight home where the connection says so, or the IdP takes no logout", async () => {
    const id = await connect({ logoutAtIdp: false });
    const silent = await login("jo", "s3", id);
    const stored = await fixture.database.prisma.session.findUniqueOrThrow({
      where: { id: silent.sessionId },
    });
    expect(stored.idpSession).toEqual({ sid: "s3" });
    expect((await fixture.signOut(silent, HOME)).location).toBe(AT_HOME);
    op.metadata = { end_session_endpoint: undefined };
    const other = await login("jo", "s4", await connect());
    expect((await fixture.signOut(other, HOME)).location).toBe(AT_HOME);
  });

  it("comes home for nobody but the browser that signed out, and never where the address says", async () => {
    const person = await login("jo", "s5");
    const state = new URL((await fixture.signOut(person, HOME)).location).searchParams.get("state") ?? "";
    const evil = "https://evil.example.test/";
    for (const [browser, query] of [
      [createBrowser(), `state=${state}`],
      [person.browser, `state=${state}x&post_logout_redirect_uri=${evil}`],
      [person.browser, `state=${encodeURIComponent(evil)}`],
      [person.browser, ""],
    ] as [Browser, string][]) {
      const page: Page = await browser.get(`${urls().postLogoutRedirectUri}?${query}`);
      expect([page.status, page.location]).toEqual([200, ""]);
      expect(page.body).not.toContain("evil");
    }
    const foreign = await connect();
    const elsewhere = await person.browser.get(`${urls(foreign).postLogoutRedirectUri}?state=${state}`);
    expect(elsewhere.location).toBe("");
    const looked = await fetch(`${urls().postLogoutRedirectUri}?state=${state}`, { method: "HEAD" });
    expect(looked.status).toBe(405);
    expect((await person.browser.get(`${urls().postLogoutRedirectUri}?state=${state}`)).location).toBe(
      AT_HOME,
    );
  });
});

describe("a logout token", () => {
  it("ends the session of its sid, and no other", async () => {
    const [one, two] = [await login("ann", "a1"), await login("ann", "a2")];
    const before = fixture.logoutsRequested();
    expect(await notify(op.logoutToken({ sid: "a1" }))).toEqual([200, "no-store"]);
    expect([await isLive(one), await isLive(two)]).toEqual([false, true]);
    expect(await fixture.session(one.sessionId)).toMatchObject({ revokedReason: "idp_logout" });
    expect(fixture.logoutsRequested()).toBe(before + 1);
    expect(await notify(op.logoutToken({ sid: "a2", sub: "ann" }))).toEqual([200, "no-store"]);
    expect(await isLive(two)).toBe(false);
  });

  it("ends every session of its subject at this connection", async () => {
    const other = await connect();
    const people = [
      await login("bob", "b1"),
      await login("bob"),
      await login("eve", "b1"),
      await login("bob", "b1", other),
    ];
    expect(await notify(op.logoutToken({ sub: "bob" }))).toEqual([200, "no-store"]);
    expect(await Promise.all(people.map(isLive))).toEqual([false, false, true, true]);
  });

  it("of both means both; a session to which no sid was given is its subject's", async () => {
    const people = [await login("cy", "c1"), await login("cy"), await login("dee", "c1")];
    expect(await notify(op.logoutToken({ sub: "cy", sid: "c1" }))).toEqual([200, "no-store"]);
    expect(await Promise.all(people.map(isLive))).toEqual([false, false, true]);
  });

  it("of nobody who is here is taken, and without an end, too", async () => {
    expect(await notify(op.logoutToken({ sub: "nobody" }))).toEqual([200, "no-store"]);
    expect(await notify(op.logoutToken({ sub: "nobody", exp: undefined }))).toEqual([200, "no-store"]);
    expect(await notify(op.logoutToken({ sub: "nobody" }, { typ: undefined }))).toEqual([200, "no-store"]);
  });

  const now = () => Math.floor(Date.now() / 1000);
  const EVENT = "http://schemas.openid.net/event/backchannel-logout";
  it.each<[string, string, () => string]>([
    [
      "the algorithm none",
      "logout_token_algorithm_unexpected",
      () => op.logoutToken({}, { alg: "none" }, null),
    ],
    [
      "a MAC by the public key",
      "logout_token_algorithm_unexpected",
      () => op.logoutToken({}, { alg: "HS256" }, null),
    ],
    ["another key", "oidc_signature_invalid", () => op.logoutToken({}, {}, forger)],
    ["no signature", "oidc_signature_invalid", () => op.logoutToken({}, {}, null)],
    [
      "a key of its own",
      "oidc_key_unknown",
      () => op.logoutToken({}, { kid: "x", jku: `${op.issuer}/evil`, jwk: forgerJwk }, forger),
    ],
    ["an ID token's type", "logout_token_type_unexpected", () => op.logoutToken({}, { typ: "at+jwt" })],
    ["an extension", "logout_token_header_critical", () => op.logoutToken({}, { crit: ["x"], x: 1 })],
    ["another issuer", "logout_token_issuer_mismatch", () => op.logoutToken({ iss: "https://other.test" })],
    ["another audience", "logout_token_audience_mismatch", () => op.logoutToken({ aud: "other" })],
    ["a nonce", "logout_token_nonce", () => op.logoutToken({ nonce: "n" })],
    ["no event", "logout_token_event_missing", () => op.logoutToken({ events: {} })],
    [
      "an event that is no object",
      "logout_token_event_missing",
      () => op.logoutToken({ events: { [EVENT]: true } }),
    ],
    ["no events", "logout_token_claim_malformed", () => op.logoutToken({ events: undefined })],
    ["nobody", "logout_token_names_nobody", () => op.logoutToken({ sub: undefined })],
    ["a subject as number", "logout_token_claim_malformed", () => op.logoutToken({ sub: 7 })],
    ["no id", "logout_token_claim_malformed", () => op.logoutToken({ jti: undefined })],
    [
      "a time to come",
      "logout_token_from_future",
      () => op.logoutToken({ iat: now() + 600, exp: now() + 900 }),
    ],
    ["an end that has passed", "logout_token_expired", () => op.logoutToken({ exp: now() - 600 })],
    [
      "a long time ago",
      "logout_token_expired",
      () => op.logoutToken({ iat: now() - 8_000, exp: now() + 9_000 }),
    ],
    ["no form of a JWT", "logout_token_malformed", () => "abc"],
    ["an ID token", "logout_token_claim_malformed", () => op.idTokens.at(-1) ?? ""],
  ])("with %s is refused, and the record says why: %s", async (_, code, token) => {
    const person = await login("vic", "v1");
    expect(await notify(token())).toEqual([400, "no-store"]);
    expect(await isLive(person)).toBe(true);
    expect((await lastRecord()).errorCode).toBe(code);
    expect(op.strangeRequests).toEqual([]);
    // Its honest twin.
    expect(await notify(op.logoutToken({ sub: "vic" }))).toEqual([200, "no-store"]);
    expect(await isLive(person)).toBe(false);
  });

  it("counts once", async () => {
    const token = op.logoutToken({ sub: "rex" });
    await notify(token);
    const person = await login("rex", "r1");
    expect(await notify(token)).toEqual([400, "no-store"]);
    expect([(await lastRecord()).errorCode, await isLive(person)]).toEqual(["logout_token_replayed", true]);
    // Of many at once one counts.
    const once = op.logoutToken({ sub: "rex" });
    const answers = await Promise.all([notify(once), notify(once), notify(once)]);
    expect(answers.map(([status]) => status).toSorted()).toEqual([200, 400, 400]);
  });

  it("is no good at another organization's connection with another client", async () => {
    const other = await fixture.addOidcConnection(await fixture.addOrganization("charlie"), {
      issuer: op.issuer,
      clientId: "another",
      clientSecret: "secret",
    });
    expect((await notify(op.logoutToken({ sub: "jo" }), other))[0]).toBe(400);
    for (const id of ["00000000-0000-7000-8000-000000000000", "nonsense"]) {
      expect((await notify(op.logoutToken({ sub: "jo" }), id))[0]).toBe(404);
    }
  });
});

const { privateKey: forger, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const forgerJwk = publicKey.export({ format: "jwk" });

describe("a front-channel logout", () => {
  const visit = async (query: Record<string, string>, method = "GET") =>
    (await fetch(`${urls().frontchannelLogoutUri}?${new URLSearchParams(query)}`, { method })).status;

  it("ends the session that it names", async () => {
    const [one, two] = [await login("fay", "f1"), await login("fay", "f2")];
    expect(await visit({ iss: op.issuer, sid: "f1" })).toBe(200);
    expect([await isLive(one), await isLive(two)]).toEqual([false, true]);
  });

  it.each<[string, () => Record<string, string>]>([
    ["without a sid", () => ({ iss: op.issuer })],
    ["without an issuer", () => ({ sid: "f3" })],
    ["of another issuer", () => ({ iss: "https://other.test", sid: "f3" })],
  ])("%s ends nothing, and leaves a record", async (_, query) => {
    const person = await login("fay", "f3");
    expect(await visit(query())).toBe(400);
    expect(await isLive(person)).toBe(true);
    expect((await lastRecord()).errorCode).toMatch(/^logout_/);
  });

  it("by somebody who only looks ends nothing", async () => {
    const person = await login("fay", "f4");
    expect(await visit({ iss: op.issuer, sid: "f4" }, "HEAD")).toBe(405);
    expect(await isLive(person)).toBe(true);
  });
});
