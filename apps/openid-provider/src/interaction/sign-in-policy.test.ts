import { InteractionEndedError } from "@sallyport/interactions";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppVisit } from "../testing/app-visit.ts";
import { REDIRECT_URI, startTestOp, type TestOp, type TestOrganization } from "../testing/op.ts";

let test: TestOp;
let bravo: TestOrganization;
let first: AppVisit;
let sessionId: string;

beforeAll(async () => {
  test = await startTestOp();
  bravo = await test.addOrganization("bravo");
});
afterAll(() => test.close());
beforeEach(async () => {
  sessionId = await test.signIn();
  first = new AppVisit(test);
  await first.signIn(sessionId);
});

/** The same browser visits again. */
const again = () => new AppVisit(test, test.app, first.browser);
const isCallback = (url: URL) => url.origin + url.pathname === REDIRECT_URI && url.searchParams.has("code");
const isSignIn = (url: URL) => url.pathname.startsWith("/sign-in/");

describe("a browser that is signed in", () => {
  it.each<[string, () => Record<string, string>]>([
    ["no wish", () => ({})],
    ["its organization's slug", () => ({ organization: "acme" })],
    ["its organization's id", () => ({ organization: test.organization.id })],
    ["its connection", () => ({ connection: test.organization.connectionId })],
    ["its organization's domain", () => ({ domain: "ACME.com" })],
    ["max_age that has not passed", () => ({ max_age: "600" })],
    ["prompt=none", () => ({ prompt: "none" })],
    ["prompt=consent", () => ({ prompt: "consent" })],
    ["a hint at somebody", () => ({ login_hint: "bob@bravo.com" })],
  ])("goes straight through, given %s", async (_name, wish) => {
    expect(isCallback(await again().start(wish()))).toBe(true);
  });

  it.each<[string, () => Record<string, string>, boolean, boolean?]>([
    ["another organization", () => ({ organization: "bravo" }), false],
    ["an unknown organization", () => ({ organization: "nobody" }), false],
    ["another connection", () => ({ connection: bravo.connectionId }), false],
    ["another's domain", () => ({ domain: "bravo.com" }), false],
    ["prompt=login", () => ({ prompt: "login" }), true],
    ["prompt=select_account", () => ({ prompt: "select_account" }), false, true],
    ["several prompts", () => ({ prompt: "consent select_account" }), false, true],
    ["select_account with max_age=0", () => ({ prompt: "select_account", max_age: "0" }), true, true],
    ["max_age=0", () => ({ max_age: "0" }), true],
  ])("signs in anew for %s", async (_name, wish, forceLogin, selectAccount = false) => {
    const visit = again();
    const page = await visit.start(wish());
    expect(isSignIn(page)).toBe(true);
    expect(await test.op.interactions.load(visit.keyOf(page))).toMatchObject({
      forceLogin,
      selectAccount,
    });
  });

  it("goes straight through by its own ID token as hint, and signs in anew by another's", async () => {
    const visit = again();
    const { id_token: own = "" } = await visit.tokens(await visit.start());
    const elsewhere = await new AppVisit(test).signIn(await test.signIn(bravo));
    expect(isCallback(await again().start({ id_token_hint: own }))).toBe(true);
    expect(isSignIn(await again().start({ id_token_hint: elsewhere.id_token ?? "" }))).toBe(true);
  });

  it("signs in anew once max_age has passed", async () => {
    const browser = again();
    await browser.finish(
      await browser.start({ prompt: "login" }),
      await test.signIn(test.organization, new Date(Date.now() - 60_000)),
    );
    expect(isSignIn(await again().start({ max_age: "30" }))).toBe(true);
    expect(isCallback(await again().start({ max_age: "90" }))).toBe(true);
  });

  it("is sent once more, to a new sign-in, where the IdP tells of one longer ago than max_age", async () => {
    const anHourAgo = new Date(Date.now() - 3_600_000);
    const visit = new AppVisit(test);
    const remembered = await visit.start({ max_age: "600" });
    expect(await test.op.interactions.load(visit.keyOf(remembered))).toMatchObject({ forceLogin: false });
    const anew = await visit.finish(remembered, await test.signIn(test.organization, anHourAgo));
    expect(await test.op.interactions.load(visit.keyOf(anew))).toMatchObject({ forceLogin: true });
    expect(isCallback(await visit.finish(anew, await test.signIn()))).toBe(true);
  });

  it("is not sent again for a clock that differs, nor in circles", async () => {
    const visit = new AppVisit(test);
    const aMinuteAgo = await test.signIn(test.organization, new Date(Date.now() - 60_000));
    expect(isCallback(await visit.finish(await visit.start({ max_age: "0" }), aMinuteAgo))).toBe(true);
    const anHourAgo = await test.signIn(test.organization, new Date(Date.now() - 3_600_000));
    const forced = await again().start({ prompt: "login", max_age: "0" });
    expect(isCallback(await again().finish(forced, anHourAgo))).toBe(true);
  });

  it("signs in anew once its session has ended", async () => {
    await test.database.prisma.session.update({ where: { id: sessionId }, data: { revokedAt: new Date() } });
    expect(isSignIn(await again().start())).toBe(true);
    const silent = await again().start({ prompt: "none" });
    expect(silent.searchParams.get("error")).toBe("login_required");
  });

  it("changes over to the organization asked for, with no word of the previous one", async () => {
    const visit = again();
    const callback = await visit.finish(
      await visit.start({ organization: "bravo" }),
      await test.signIn(bravo),
    );
    const tokens = await visit.tokens(callback);
    expect(tokens.claims()).toMatchObject({ org_slug: "bravo", sub: bravo.userId });
    expect(isCallback(await again().start({ organization: "bravo" }))).toBe(true);
    expect(isSignIn(await again().start({ organization: "acme" }))).toBe(true);
  });
});

describe("a browser that nobody signed in at", () => {
  it("learns so by prompt=none", async () => {
    const callback = await new AppVisit(test).start({ prompt: "none" });
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({
      error: "login_required",
      iss: test.url,
    });
  });
});

describe("a sign-in to another organization than was asked for", () => {
  it("is refused, instead of asked for again and again", async () => {
    const visit = new AppVisit(test);
    const callback = await visit.finish(await visit.start({ organization: "bravo" }), await test.signIn());
    expect(callback.searchParams.get("error")).toBe("access_denied");
  });
});

describe("a sign-in whose session has ended before the way back", () => {
  it("is refused", async () => {
    const visit = new AppVisit(test);
    const page = await visit.start();
    const ended = await test.signIn();
    await test.database.prisma.session.update({ where: { id: ended }, data: { revokedAt: new Date() } });
    const callback = await visit.finish(page, ended);
    expect(callback.searchParams.get("error")).toBe("access_denied");
  });
});

describe("a waiting request", () => {
  it("tells the sign-in half all it needs, and nothing else", async () => {
    const visit = new AppVisit(test);
    const page = await visit.start({
      organization: "acme",
      connection: "c",
      domain: "acme.com",
      login_hint: "ann@acme.com",
      acr_values: "urn:mfa urn:password",
    });
    const key = visit.keyOf(page);
    expect(await test.op.interactions.load(key)).toEqual({
      id: key.id,
      application: { id: test.app.id, name: "The App" },
      organization: "acme",
      connection: "c",
      domain: "acme.com",
      loginHint: "ann@acme.com",
      forceLogin: false,
      selectAccount: false,
      acrValues: ["urn:mfa", "urn:password"],
      expiresAt: expect.any(Date),
    });
  });

  it("is known to every process, and may end at another than it began at", async () => {
    const visit = new AppVisit(test);
    const key = visit.keyOf(await visit.start());
    const other = await test.anotherProcess();
    expect(await other.interactions.load(key)).toEqual(await test.op.interactions.load(key));
    const resume = await other.interactions.finish(key, { sessionId });
    await expect(test.op.interactions.finish(key, { sessionId })).rejects.toThrow(InteractionEndedError);
    expect(await test.op.interactions.load(key)).toBeNull();
    expect(isCallback((await visit.follow(resume)).url)).toBe(true);
  });

  it("ends once", async () => {
    const visit = new AppVisit(test);
    const key = visit.keyOf(await visit.start());
    const ends = await Promise.allSettled([
      test.op.interactions.finish(key, { sessionId }),
      test.op.interactions.finish(key, { sessionId }),
      test.op.interactions.abort(key, { code: "access_denied", description: "no" }),
    ]);
    expect(ends.filter((end) => end.status === "fulfilled")).toHaveLength(1);
    expect(await test.op.interactions.load(key)).toBeNull();
    await expect(test.op.interactions.finish({ ...key, id: "unknown" }, { sessionId })).rejects.toThrow(
      InteractionEndedError,
    );
    expect(await test.op.interactions.load({ ...key, id: "unknown" })).toBeNull();
  });

  it("expires", async () => {
    const visit = new AppVisit(test);
    const key = visit.keyOf(await visit.start());
    test.passTime(31 * 60_000);
    expect(await test.op.interactions.load(key)).toBeNull();
    await expect(test.op.interactions.finish(key, { sessionId })).rejects.toThrow(InteractionEndedError);
    test.passTime(-31 * 60_000);
  });

  it("goes on in the browser that began it only, and once", async () => {
    const visit = new AppVisit(test);
    const key = visit.keyOf(await visit.start());
    const resume = await test.op.interactions.finish(key, { sessionId });
    const stranger = await new AppVisit(test).browser.get(resume);
    expect(stranger.status).toBe(400);
    expect(stranger.body).toContain("This sign-in has expired");
    expect(isCallback((await visit.follow(resume)).url)).toBe(true);
    expect((await visit.browser.get(resume)).status).toBe(400);
  });
});
