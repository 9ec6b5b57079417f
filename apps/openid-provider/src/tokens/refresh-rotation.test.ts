import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { defined } from "@sallyport/defined";
import { createLogger } from "@sallyport/logging";
import { redisIsInstalled, startTestRedis } from "@sallyport/queue/testing";
import { revokeSessions } from "@sallyport/sessions";
import express from "express";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../store/open.ts";
import { AppVisit } from "../testing/app-visit.ts";
import { startTestOp, type TestApp, type TestOp } from "../testing/op.ts";

const WINDOW_MS = 20_000;

describe("with state in PostgreSQL", () => rotation(async () => ({ stop: async () => undefined })));
describe.runIf(redisIsInstalled())("with state on Redis, where redis-server is installed", () =>
  rotation(async () => {
    const redis = await startTestRedis();
    return { redisUrl: redis.url, stop: () => redis.stop() };
  }),
);

interface Answer {
  readonly status: number;
  readonly error: string | undefined;
  readonly accessToken: string;
  readonly refreshToken: string;
}

function rotation(start: () => Promise<{ redisUrl?: string; stop(): Promise<void> }>): void {
  let test: TestOp;
  let redisOf: { redisUrl?: string };
  let stop: () => Promise<void>;
  /** Two processes over one database. */
  let origins: string[];
  let sessionId: string;
  let first: string;

  beforeAll(async () => {
    const store = await start();
    redisOf = defined({ redisUrl: store.redisUrl });
    test = await startTestOp(redisOf);
    const another = await test.anotherProcess();
    const server = createServer(express().use(another.router));
    await new Promise<void>((ready) => server.listen(0, "localhost", ready));
    origins = [test.url, `http://localhost:${(server.address() as AddressInfo).port}`];
    stop = async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await another.close();
      await test.close();
      await store.stop();
    };
  });
  afterAll(() => stop());
  beforeEach(async () => {
    sessionId = await test.signIn();
    first = (await new AppVisit(test).signIn(sessionId)).refresh_token ?? "";
  });

  async function refresh(token: string, options: { app?: TestApp; secret?: string; at?: number } = {}) {
    const { app = test.app, at = 0 } = options;
    const secret = options.secret ?? app.secret;
    const response = await fetch(`${origins[at % 2]}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: token,
        client_id: app.clientId,
        ...(secret === null ? {} : { client_secret: secret }),
      }),
    });
    const body = (await response.json()) as Record<string, string | undefined>;
    const answer: Answer = {
      status: response.status,
      error: body.error,
      accessToken: body.access_token ?? "",
      refreshToken: body.refresh_token ?? "",
    };
    return answer;
  }
  const later = async <Result>(ms: number, work: () => Promise<Result>): Promise<Result> => {
    test.passTime(ms);
    try {
      return await work();
    } finally {
      test.passTime(-ms);
    }
  };
  /** As if the process had died before it stored the token. */
  const forget = async (token: string) => {
    const store = openStore({
      ...redisOf,
      database: test.database,
      now: () => new Date(),
      log: createLogger({ level: "silent" }),
    });
    await store.write({ remove: [{ kind: "RefreshToken", id: token }] });
    await store.close();
  };
  const userinfo = async (token: string) =>
    (await fetch(`${test.url}/oauth2/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status;
  const events = async () => {
    const rows = await test.database.prisma.event.findMany({
      where: { resourceId: sessionId },
      orderBy: { id: "asc" },
    });
    return rows.map(({ type, data }) => ({ type, data }));
  };
  const REFUSED = { status: 400, error: "invalid_grant" };

  it("serves twenty refreshes at once, at two processes, with one successor; recorded once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => refresh(first, { at })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const successors = new Set(answers.map(({ refreshToken }) => refreshToken));
    expect(successors.size).toBe(1);
    expect(successors.has(first)).toBe(false);
    for (const { accessToken } of answers) {
      expect(await userinfo(accessToken)).toBe(200);
    }
    expect(await events()).toEqual([
      { type: "session.refresh_repeated", data: { clientId: test.app.clientId } },
    ]);
    const next = await refresh(answers[0]?.refreshToken ?? "", { at: 1 });
    expect(next.status).toBe(200);
  });

  it("serves one whose answer was lost, also when the successor was never stored", async () => {
    const lost = await refresh(first);
    await forget(lost.refreshToken);
    const again = await later(WINDOW_MS / 2, () => refresh(first, { at: 1 }));
    expect(again).toMatchObject({ status: 200, refreshToken: lost.refreshToken });
    expect((await refresh(again.refreshToken)).status).toBe(200);
  });

  it("ends the authorization when it is used again after the window, by whomever", async () => {
    const { accessToken, refreshToken } = await refresh(first);
    expect(await later(WINDOW_MS, () => refresh(first, { at: 1 }))).toMatchObject(REFUSED);
    expect(await refresh(refreshToken)).toMatchObject(REFUSED);
    expect(await userinfo(accessToken)).toBe(401);
    expect(await refresh(first)).toMatchObject(REFUSED); // nor within the window, from now on
    expect(await events()).toEqual([{ type: "session.token_revoked", data: { reason: "used_twice" } }]);
  });

  it("counts the window from the first use: another one within it does not make it longer", async () => {
    const { refreshToken } = await refresh(first);
    expect((await later(WINDOW_MS / 2, () => refresh(first))).status).toBe(200);
    expect(await later(WINDOW_MS, () => refresh(first))).toMatchObject(REFUSED);
    expect(await refresh(refreshToken)).toMatchObject(REFUSED);
  });

  it("does not make a used successor new again", async () => {
    const { refreshToken: second } = await refresh(first);
    const { refreshToken: third } = await refresh(second);
    const again = await later(10_000, () => refresh(first, { at: 1 }));
    expect(again).toMatchObject({ status: 200, refreshToken: second });
    // The successor's own window runs from its own first use: within it, it leads to the same third one.
    expect(await later(10_000, () => refresh(second))).toMatchObject({ status: 200, refreshToken: third });
    expect(await later(WINDOW_MS, () => refresh(second))).toMatchObject(REFUSED);
    expect(await refresh(third)).toMatchObject(REFUSED);
  });

  it("gives a thief without the secret nothing within the window, nor another application", async () => {
    const { refreshToken } = await refresh(first);
    const other = await test.addApp();
    expect(await refresh(first, { app: other })).toMatchObject(REFUSED);
    expect(await refresh(first, { app: test.publicApp })).toMatchObject(REFUSED);
    expect(await refresh(first, { secret: "wrong" })).toMatchObject({ status: 401, error: "invalid_client" });
    expect((await refresh(refreshToken)).status).toBe(200); // and it took nothing from the honest one
    expect(await events()).toEqual([]);
  });

  it("gives a public application none: there a second use is a thief's, at once", async () => {
    const visit = new AppVisit(test, test.publicApp);
    const token = (await visit.signIn(sessionId)).refresh_token ?? "";
    const app = test.publicApp;
    const { accessToken, refreshToken } = await refresh(token, { app });
    expect(await refresh(token, { app, at: 1 })).toMatchObject(REFUSED);
    expect(await refresh(refreshToken, { app })).toMatchObject(REFUSED);
    expect(await userinfo(accessToken)).toBe(401);
  });

  it("outlives neither the session nor a revocation", async () => {
    const { refreshToken } = await refresh(first);
    await fetch(`${test.url}/oauth2/revoke`, {
      method: "POST",
      body: new URLSearchParams({
        token: refreshToken,
        client_id: test.app.clientId,
        client_secret: test.app.secret ?? "",
      }),
    });
    expect(await refresh(first)).toMatchObject(REFUSED);

    const another = (await new AppVisit(test).signIn(sessionId)).refresh_token ?? "";
    await refresh(another);
    await test.database.transaction((sql) =>
      revokeSessions(
        sql,
        test.organization.id,
        { sessionIds: [sessionId] },
        { reason: "test", actor: { type: "system" }, now: new Date() },
      ),
    );
    expect(await refresh(another)).toMatchObject(REFUSED);
  });
}
