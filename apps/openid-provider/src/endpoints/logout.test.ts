import * as client from "openid-client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppVisit } from "../testing/app-visit.ts";
import { SIGNED_OUT_URI, startTestOp, type TestOp } from "../testing/op.ts";

let test: TestOp;
let visit: AppVisit;
let sessionId: string;
let idToken: string;

beforeAll(async () => {
  test = await startTestOp();
});
afterAll(() => test.close());
beforeEach(async () => {
  sessionId = await test.signIn();
  visit = new AppVisit(test);
  idToken = (await visit.signIn(sessionId)).id_token ?? "";
});

const logoutUrl = (parameters: Record<string, string>) =>
  `${test.url}/oauth2/logout?${new URLSearchParams(parameters)}`;
const session = () => test.database.prisma.session.findUniqueOrThrow({ where: { id: sessionId } });
const isSignedIn = async () =>
  !(await new AppVisit(test, test.app, visit.browser).start()).pathname.startsWith("/sign-in/");

describe("with an ID token as hint", () => {
  it("ends the session, its tokens and the browser's cookie, and returns to the application", async () => {
    const url = client.buildEndSessionUrl(test.app.configuration, {
      id_token_hint: idToken,
      post_logout_redirect_uri: SIGNED_OUT_URI,
      state: "a b&c",
    });
    const response = await visit.browser.get(url);
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe(`${SIGNED_OUT_URI}?state=a+b%26c`);
    expect(await session()).toMatchObject({ revokedReason: "rp_logout", revokedAt: expect.any(Date) });
    expect(await isSignedIn()).toBe(false);
  });

  it("has the applications told, and leaves an audit event", async () => {
    const before = test.logoutsRequested();
    await visit.browser.get(logoutUrl({ id_token_hint: idToken }));
    const pending = await test.database.prisma.logoutNotice.findMany({ where: { sessionId } });
    expect(pending.map((row) => row.dueAt)).toEqual([expect.any(Date)]);
    expect(test.logoutsRequested()).toBeGreaterThan(before);
    const event = await test.database.prisma.event.findFirstOrThrow({
      where: { type: "session.revoked", resourceId: sessionId },
    });
    expect(event).toMatchObject({ actorType: "user", actorId: test.organization.userId });
  });

  it("works twice, without a cookie, and past the token's expiry", async () => {
    test.passTime(2 * 3_600_000);
    const url = logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: SIGNED_OUT_URI });
    for (let time = 0; time < 2; time++) {
      const response = await fetch(url, { redirect: "manual" });
      expect(response.headers.get("location")).toBe(SIGNED_OUT_URI);
    }
    test.passTime(-2 * 3_600_000);
    expect((await session()).revokedAt).not.toBeNull();
  });

  it("leaves alone a newer sign-in of the same browser", async () => {
    const newer = await test.signIn();
    const other = new AppVisit(test, test.app, visit.browser);
    await other.finish(await other.start({ prompt: "login" }), newer);
    await visit.browser.get(logoutUrl({ id_token_hint: idToken }));
    expect((await session()).revokedAt).not.toBeNull();
    expect(await isSignedIn()).toBe(true);
  });

  it("takes a form as well", async () => {
    const response = await visit.browser.post(`${test.url}/oauth2/logout`, {
      id_token_hint: idToken,
      post_logout_redirect_uri: SIGNED_OUT_URI,
    });
    expect(response.headers.get("location")).toBe(SIGNED_OUT_URI);
  });

  it.each<[string, () => Record<string, string>]>([
    ["a foreign return address", () => ({ post_logout_redirect_uri: "https://evil.example/" })],
    ["one that merely starts like ours", () => ({ post_logout_redirect_uri: `${SIGNED_OUT_URI}.evil` })],
    ["another application's client_id", () => ({ client_id: test.publicApp.clientId })],
    ["a tampered hint", () => ({ id_token_hint: `${idToken.slice(0, -4)}AAAA` })],
    ["garbage for a hint", () => ({ id_token_hint: "garbage" })],
  ])("refuses %s with a page, and ends nothing", async (_name, more) => {
    const response = await visit.browser.get(logoutUrl({ id_token_hint: idToken, ...more() }));
    expect(response.status).toBe(400);
    expect(response.headers.get("location")).toBeNull();
    expect(response.body).toContain(response.headers.get("x-request-id"));
    expect((await session()).revokedAt).toBeNull();
  });
});

describe("without a hint", () => {
  const confirmation = (page: string) => /name="confirmation" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const post = (fields: Record<string, string>) => visit.browser.post(`${test.url}/oauth2/logout`, fields);

  it("asks the person first, then signs out and returns", async () => {
    const asked = { client_id: test.app.clientId, post_logout_redirect_uri: SIGNED_OUT_URI, state: "s" };
    const page = await visit.browser.get(logoutUrl(asked));
    expect(page.status).toBe(200);
    expect((await session()).revokedAt).toBeNull();
    const done = await post({ ...asked, confirmation: confirmation(page.body) });
    expect(done.headers.get("location")).toBe(`${SIGNED_OUT_URI}?state=s`);
    expect((await session()).revokedAt).not.toBeNull();
    expect(await isSignedIn()).toBe(false);
  });

  it("does nothing by a forged form", async () => {
    for (const forged of ["", "x", "A".repeat(43)]) {
      expect((await post({ confirmation: forged })).status).toBe(200); // asks again
    }
    expect((await session()).revokedAt).toBeNull();
  });

  it("has nothing to ask where nobody is signed in", async () => {
    const nobody = await fetch(logoutUrl({}));
    expect(await nobody.text()).toContain("You are signed out");
    const asked = { client_id: test.app.clientId, post_logout_redirect_uri: SIGNED_OUT_URI };
    const back = await fetch(logoutUrl(asked), { redirect: "manual" });
    expect(back.headers.get("location")).toBe(SIGNED_OUT_URI);
    const nameless = await fetch(logoutUrl({ post_logout_redirect_uri: SIGNED_OUT_URI }));
    expect(nameless.status).toBe(400);
  });
});
