import { redisIsInstalled, startTestRedis, type TestRedis } from "@sallyport/queue/testing";
import * as client from "openid-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppVisit } from "../testing/app-visit.ts";
import { startTestOp, type TestOp } from "../testing/op.ts";

describe.runIf(redisIsInstalled())("with its state on Redis, where redis-server is installed", () => {
  let redis: TestRedis;
  let test: TestOp;
  beforeAll(async () => {
    redis = await startTestRedis();
    test = await startTestOp({ redisUrl: redis.url });
  });
  afterAll(async () => {
    await test.close();
    await redis.stop();
  });

  it("serves the whole flow, and keeps no state in PostgreSQL but the cookies' key", async () => {
    const visit = new AppVisit(test);
    const tokens = await visit.signIn(await test.signIn(), { organization: "acme" });
    const again = new AppVisit(test, test.publicApp, visit.browser);
    expect((await again.tokens(await again.start())).claims()?.sid).toBe(tokens.claims()?.sid);
    const next = await client.refreshTokenGrant(test.app.configuration, tokens.refresh_token ?? "");
    test.passTime(20_000);
    await expect(
      client.refreshTokenGrant(test.app.configuration, tokens.refresh_token ?? ""),
    ).rejects.toMatchObject({ error: "invalid_grant" });
    expect(await client.tokenIntrospection(test.app.configuration, next.access_token)).toEqual({
      active: false,
    });
    test.passTime(-20_000);
    const kinds = await test.database.prisma.opArtifact.findMany({ select: { kind: true } });
    expect(kinds.map((row) => row.kind)).toEqual(["CookieKey"]);
    expect(await test.database.prisma.revokedToken.count()).toBe(1);
  });

  it("signs out", async () => {
    const visit = new AppVisit(test);
    const { id_token = "" } = await visit.signIn(await test.signIn());
    await visit.browser.get(`${test.url}/oauth2/logout?id_token_hint=${id_token}`);
    const page = await new AppVisit(test, test.app, visit.browser).start();
    expect(page.pathname).toMatch(/^\/sign-in\//);
  });
});
