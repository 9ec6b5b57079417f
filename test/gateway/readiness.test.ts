import { redisIsInstalled, startTestRedis } from "@sallyport/queue/testing";
import { describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";

async function readiness({ url }: TestGateway): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, body: await response.json() };
}

describe("/readyz", () => {
  it("names the database when it is not migrated", async () => {
    const gateway = await startTestGateway({ roles: [] });
    await gateway.database.sql.query("UPDATE _prisma_migrations SET rolled_back_at = now()");
    expect(await readiness(gateway)).toEqual({
      status: 503,
      body: {
        status: "not ready",
        checks: { database: expect.stringMatching(/^\d+ migrations not applied$/), queue: "ok" },
      },
    });
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
    await gateway.stop();
  });

  it.runIf(redisIsInstalled())("names the queue while its Redis is away, and recovers", async () => {
    const redis = await startTestRedis();
    const gateway = await startTestGateway({ roles: [], redis: redis.url });
    expect((await readiness(gateway)).status).toBe(200);
    await redis.stop();
    expect(await readiness(gateway)).toEqual({
      status: 503,
      body: { status: "not ready", checks: { database: "ok", queue: expect.stringMatching(/^n/) } },
    });

    const again = await startTestRedis({ port: Number(new URL(redis.url).port) });
    await expect.poll(async () => (await readiness(gateway)).status, { timeout: 15_000 }).toBe(200);
    await gateway.stop();
    await again.stop();
  });
});
