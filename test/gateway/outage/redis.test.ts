import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { redisIsInstalled, startTestRedis, type TestRedis } from "@sallyport/queue/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePorts, type GatewayProcess, spawnGateway, temporaryFolder } from "../../harness/process.ts";
import { startTraffic } from "./traffic.ts";

const ROOT_KEY = "root-key-of-the-outage-tests-0123456789";
const PATIENCE = { timeout: 60_000, interval: 100 };

describe.runIf(redisIsInstalled())("while Redis is away, a gateway", () => {
  let redis: TestRedis;
  let database: TestDatabase;
  let folder: { path: string; remove(): Promise<void> };
  let gateway: GatewayProcess;
  let url: string;

  beforeEach(async () => {
    redis = await startTestRedis();
    database = await createTestDatabase();
    folder = await temporaryFolder();
    const port = await freePorts();
    url = `http://localhost:${port}`;
    gateway = spawnGateway({
      args: ["dev"],
      env: {
        DATA_DIR: folder.path,
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        PORT: String(port),
        SALLYPORT_ROOT_KEY: ROOT_KEY,
        RATE_LIMITS: "off",
        DEMO: "off",
      },
    });
  });
  afterEach(async () => {
    gateway.child.kill("SIGKILL");
    await gateway.exited;
    await database.drop();
    await redis.stop();
    await folder.remove();
  });

  const readiness = async () => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, body: await response.json() };
  };
  const backAgain = async () => {
    redis = await startTestRedis({ port: Number(new URL(redis.url).port) });
  };

  it("takes pushes on, answers sign-ins 503, and works everything off when it is back", async () => {
    await gateway.ready();
    const traffic = await startTraffic(url, ROOT_KEY);
    const { push, token, page } = traffic.answers;
    await expect.poll(() => page.succeeded && push.succeeded && token.succeeded, PATIENCE).toBe(true);

    const since = Date.now();
    await redis.stop();
    await expect.poll(() => page.last503, PATIENCE).toBeDefined();
    await expect.poll(() => token.last503, PATIENCE).toBeDefined();
    expect(page.last503?.contentType).toContain("text/html");
    expect(page.last503?.retryAfter).toMatch(/^\d+$/);
    expect(JSON.parse(token.last503?.body ?? "")).toMatchObject({ error: "temporarily_unavailable" });
    expect(await readiness()).toEqual({
      status: 503,
      body: {
        status: "not ready",
        checks: { database: "ok", queue: expect.stringContaining("Redis is away") },
      },
    });
    traffic.mark();
    await expect.poll(() => push.succeeded, PATIENCE).toBe(true);

    await backAgain();
    traffic.mark();
    await expect.poll(() => page.succeeded && push.succeeded && token.succeeded, PATIENCE).toBe(true);
    const seconds = (Date.now() - since) / 1_000;
    await traffic.stop();
    expect(gateway.child.exitCode).toBeNull();
    expect(push.counts.get(503)).toBeUndefined();
    for (const { counts } of Object.values(traffic.answers)) {
      expect(counts.get(500)).toBeUndefined();
    }

    // What was pushed meanwhile had nobody to wake the reconciler.
    const dirty = "SELECT count(*)::int AS n FROM dirty_directory_users";
    const left = async () => (await database.database.sql.query<{ n: number }>(dirty)).rows[0]?.n;
    await expect.poll(left, PATIENCE).toBe(0);

    const lines = (await readFile(join(folder.path, "gateway.log"), "utf8")).split("\n");
    const trouble = lines.filter((line) => /^\{"level":"(?:warn|error|fatal)"/.test(line));
    const kinds = new Set(trouble.map((line) => String(JSON.parse(line).kind)));
    expect(trouble.length).toBeLessThan(kinds.size * (seconds + 3));

    gateway.child.kill("SIGTERM");
    expect((await gateway.exited).code).toBe(0);
  });

  it("stops in order when it is told to", async () => {
    await gateway.ready();
    await redis.stop();
    gateway.child.kill("SIGTERM");
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
  });
});

describe.runIf(redisIsInstalled())("a start", () => {
  it("waits for Redis, and says so", async () => {
    const first = await startTestRedis();
    await first.stop();
    const database = await createTestDatabase();
    const folder = await temporaryFolder();
    const port = await freePorts();
    const gateway = spawnGateway({
      args: ["dev"],
      env: {
        DATA_DIR: folder.path,
        DATABASE_URL: database.url,
        REDIS_URL: first.url,
        PORT: String(port),
        SALLYPORT_ROOT_KEY: ROOT_KEY,
        DEMO: "off",
      },
    });
    await expect
      .poll(() => gateway.stderr(), PATIENCE)
      .toMatch(/Redis, at the address in REDIS_URL.+Waiting for it/);
    const readiness = await fetch(`http://localhost:${port}/readyz`);
    expect(await readiness.json()).toMatchObject({
      checks: { queue: expect.stringContaining("Redis is away") },
    });
    const redis = await startTestRedis({ port: Number(new URL(first.url).port) });
    await gateway.ready();
    gateway.child.kill("SIGTERM");
    expect((await gateway.exited).code).toBe(0);
    await redis.stop();
    await database.drop();
    await folder.remove();
  });
});
