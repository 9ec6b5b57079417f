import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AppVisit, interactionIdOf } from "../testing/app-visit.ts";
import { REDIRECT_URI, startTestOp, type TestOp } from "../testing/op.ts";
import { InProcessResumption } from "./resume-in-process.ts";

let test: TestOp;
beforeAll(async () => {
  test = await startTestOp();
});
afterAll(() => test.close());

const target = ({ location }: Page) => new URL(location || "nowhere:");

it("sends the browser to the application with its code, in answer to the post itself", async () => {
  const visit = new AppVisit(test);
  const sessionId = await test.signIn();
  const response = await visit.answer(await visit.start(), sessionId);
  expect(response.status).toBe(303);
  expect(target(response).href.startsWith(REDIRECT_URI)).toBe(true);
  const tokens = await visit.tokens(target(response));
  expect(tokens.claims()).toMatchObject({ sid: sessionId, sub: test.organization.userId });
});

it("is logged as the request that came", async () => {
  const visit = new AppVisit(test);
  const page = await visit.start();
  await visit.answer(page, await test.signIn());
  const asItCame = { method: "POST", path: `/answer/${interactionIdOf(page)}` };
  await vi.waitFor(() => expect(test.requests.at(-1)).toEqual(asItCame));
});

it("remembers the browser: the next request needs no sign-in", async () => {
  const visit = new AppVisit(test);
  await visit.answer(await visit.start(), await test.signIn());
  const next = new AppVisit(test, test.app, visit.browser);
  expect((await next.start()).href.startsWith(REDIRECT_URI)).toBe(true);
});

it("goes on by way of the browser's own cookies where somebody was signed in already", async () => {
  const first = new AppVisit(test);
  await first.answer(await first.start(), await test.signIn());
  const again = new AppVisit(test, test.app, first.browser);
  const sessionId = await test.signIn();
  const response = await again.answer(await again.start({ prompt: "login" }), sessionId);
  expect([response.status, target(response).origin]).toEqual([303, test.url]);
  const { url } = await again.follow(target(response));
  expect((await again.tokens(url)).claims()).toMatchObject({ sid: sessionId });
});

it("goes on once", async () => {
  const visit = new AppVisit(test);
  const page = await visit.start();
  const sessionId = await test.signIn();
  const answers = await Promise.all([1, 2, 3].map(() => visit.answer(page, sessionId)));
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 500, 500]); // the sign-in half tells it by a page
});

it("refuses a session that has ended meanwhile", async () => {
  const visit = new AppVisit(test);
  const page = await visit.start();
  const sessionId = await test.signIn();
  await test.database.sql.query("UPDATE sessions SET revoked_at = now() WHERE id = $1", [sessionId]);
  expect(target(await visit.answer(page, sessionId)).searchParams.get("error")).toBe("access_denied");
});

describe("the adapter", () => {
  const incoming = () => new IncomingMessage(new Socket());
  const answer = (resumption: InProcessResumption, req: IncomingMessage, handle: () => Promise<void>) =>
    resumption.answer(
      req,
      new ServerResponse(req),
      { key: { id: "abc", browser: "token" }, payload: {} },
      handle,
    );

  it("takes a request where it goes on, and gives it back as it came, whatever happens there", async () => {
    const resumption = new InProcessResumption((id) => `/resume/${id}`);
    const ctx = { req: incoming(), method: "POST", url: "/acs?x=1" };
    const seen: string[] = [];
    const failing = answer(resumption, ctx.req, () =>
      resumption.middleware(ctx, async () => {
        seen.push(`${ctx.method} ${ctx.url}`);
        throw new Error("down");
      }),
    );
    await expect(failing).rejects.toThrow("down");
    expect(seen).toEqual(["GET /resume/abc"]);
    expect(ctx).toMatchObject({ method: "POST", url: "/acs?x=1" });
  });

  it("lets every other request pass as it is", async () => {
    const resumption = new InProcessResumption((id) => `/resume/${id}`);
    await answer(resumption, incoming(), async () => undefined);
    const ctx = { req: incoming(), method: "POST", url: "/oauth2/token" };
    await resumption.middleware(ctx, async () => {
      expect(ctx).toMatchObject({ method: "POST", url: "/oauth2/token" });
    });
    expect(resumption.of(ctx)).toBeUndefined();
  });
});
