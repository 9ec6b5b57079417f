import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase } from "@sallyport/database";
import { type OwnPostgres, startOwnPostgres } from "@sallyport/database/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freePorts, type GatewayProcess, spawnGateway, temporaryFolder } from "../../harness/process.ts";
import { KINDS, startTraffic, type Traffic, userNames } from "./traffic.ts";

const ROOT_KEY = "root-key-of-the-outage-tests-0123456789";
const PATIENCE = { timeout: 60_000, interval: 100 };

let postgres: OwnPostgres;
let folder: { path: string; remove(): Promise<void> };
let port: number;
let gateway: GatewayProcess;

beforeAll(async () => {
  postgres = await startOwnPostgres();
});
afterAll(() => postgres.remove());
beforeEach(async () => {
  folder = await temporaryFolder();
  port = await freePorts();
  const { sql, close } = openDatabase({ url: postgres.url });
  const answers = () =>
    sql.query("SELECT 1").then(
      () => true,
      () => false,
    ); // the last test may have crashed it
  await expect.poll(answers, PATIENCE).toBe(true);
  await sql.query("DROP SCHEMA public CASCADE");
  await sql.query("DROP SCHEMA IF EXISTS bullmq CASCADE");
  await sql.query("CREATE SCHEMA public");
  await close();
});
afterEach(async () => {
  gateway.child.kill("SIGKILL");
  await gateway.exited;
  await folder.remove();
});

function spawn(env: Record<string, string> = {}): GatewayProcess {
  gateway = spawnGateway({
    args: ["dev"],
    env: {
      DATA_DIR: folder.path,
      DATABASE_URL: postgres.url,
      PORT: String(port),
      SALLYPORT_ROOT_KEY: ROOT_KEY,
      RATE_LIMITS: "off",
      DEMO: "off",
      ...env,
    },
  });
  return gateway;
}

const url = () => `http://localhost:${port}`;

async function readiness(): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url()}/readyz`);
  return { status: response.status, body: await response.json() };
}

async function logLines(): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(folder.path, "gateway.log"), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

const isTrouble = ({ level }: Record<string, unknown>) =>
  level === "warn" || level === "error" || level === "fatal";

const unanswered = (traffic: Traffic) => KINDS.filter((kind) => !traffic.answers[kind].succeeded);
const without503 = (traffic: Traffic) => KINDS.filter((kind) => traffic.answers[kind].last503 === undefined);

describe("while PostgreSQL is away, a gateway", () => {
  it("answers 503 in each protocol's form, tells which server, logs little, and goes on by itself", async () => {
    await spawn().ready();
    const traffic = await startTraffic(url(), ROOT_KEY);
    await expect.poll(() => unanswered(traffic), PATIENCE).toEqual([]);
    const before = (await logLines()).filter(isTrouble).length;

    const since = Date.now();
    await postgres.stop();
    await expect.poll(() => without503(traffic), PATIENCE).toEqual([]);
    expect(await readiness()).toEqual({
      status: 503,
      body: {
        status: "not ready",
        checks: {
          database: expect.stringMatching(
            /PostgreSQL is away \((refused|shutting_down|connection_lost|starting)\)/,
          ),
          queue: expect.stringContaining("PostgreSQL is away"),
        },
      },
    });
    expect((await fetch(`${url()}/healthz`)).status).toBe(200);
    const met = () => KINDS.reduce((sum, kind) => sum + (traffic.answers[kind].counts.get(503) ?? 0), 0);
    await expect.poll(met, PATIENCE).toBeGreaterThan(500);

    await postgres.start();
    traffic.mark();
    await expect.poll(() => unanswered(traffic), PATIENCE).toEqual([]);
    const seconds = (Date.now() - since) / 1_000;
    await traffic.stop();
    expect(gateway.child.exitCode).toBeNull();
    await expect.poll(async () => (await readiness()).status, PATIENCE).toBe(200);

    const { push, token, page, admin } = traffic.answers;
    for (const { last503 } of [push, token, page, admin]) {
      expect(last503?.retryAfter).toMatch(/^\d+$/);
    }
    expect(push.last503?.contentType).toContain("application/scim+json");
    expect(JSON.parse(push.last503?.body ?? "")).toMatchObject({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
      status: "503",
    });
    expect(JSON.parse(token.last503?.body ?? "")).toMatchObject({ error: "temporarily_unavailable" });
    expect(admin.last503?.contentType).toContain("application/problem+json");
    expect(JSON.parse(admin.last503?.body ?? "")).toMatchObject({ status: 503, code: "unavailable" });
    expect(page.last503?.contentType).toContain("text/html");
    // Nobody is told anything else, such as that what they hold is not valid.
    const expected = { push: [201, 503], token: [400, 503], page: [303, 503], admin: [200, 503] };
    for (const kind of KINDS) {
      const others = [...traffic.answers[kind].counts.keys()].filter(
        (status) => !expected[kind].includes(status),
      );
      expect([kind, others]).toEqual([kind, []]);
    }

    // What was answered 201 is there, and nothing twice.
    const names = await userNames(traffic.scim);
    expect(new Set(names).size).toBe(names.length);
    expect([...traffic.promised].filter((name) => !names.includes(name))).toEqual([]);

    // A line a second for each of the few ways in which a server is away.
    const trouble = (await logLines()).filter(isTrouble).slice(before);
    const kinds = new Set(trouble.map(({ kind }) => String(kind)));
    expect(trouble.length).toBeLessThan(kinds.size * (seconds + 3));
    expect(kinds.size).toBeLessThan(8);
    expect(JSON.stringify(trouble)).not.toMatch(/ at .+\.js:\d+/);

    // Requests that nobody could log meanwhile have their row.
    const { sql, close } = openDatabase({ url: postgres.url });
    const refused = "SELECT count(*)::int AS n FROM scim_requests WHERE status = 503";
    const logged = async () => (await sql.query<{ n: number }>(refused)).rows[0]?.n;
    await expect.poll(logged, PATIENCE).toBe(push.counts.get(503));
    // And all that was pushed is worked off.
    const dirty = "SELECT count(*)::int AS n FROM dirty_directory_users";
    await expect.poll(async () => (await sql.query<{ n: number }>(dirty)).rows[0]?.n, PATIENCE).toBe(0);
    await close();

    gateway.child.kill("SIGTERM");
    expect((await gateway.exited).code).toBe(0);
  });

  it("survives crashes of backends and an administrator who ends connections, in the middle of everything", async () => {
    await spawn().ready();
    const traffic = await startTraffic(url(), ROOT_KEY);
    await expect.poll(() => unanswered(traffic), PATIENCE).toEqual([]);
    const admin = openDatabase({ url: postgres.url, poolSize: 1 });
    for (let round = 0; round < 5; round += 1) {
      await admin.sql.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
      );
      traffic.mark();
      await expect.poll(() => unanswered(traffic), PATIENCE).toEqual([]);
    }
    const { rows } = await admin.sql.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'sallyport' AND pid <> pg_backend_pid() LIMIT 1",
    );
    process.kill(rows[0]?.pid ?? 0, "SIGKILL"); // PostgreSQL ends all others, and recovers
    await expect.poll(() => without503(traffic), PATIENCE).toEqual([]);
    traffic.mark();
    await expect.poll(() => unanswered(traffic), PATIENCE).toEqual([]);
    await traffic.stop();
    await admin.close();

    const names = await userNames(traffic.scim);
    expect(new Set(names).size).toBe(names.length);
    expect([...traffic.promised].filter((name) => !names.includes(name))).toEqual([]);
    for (const kind of KINDS) {
      expect([kind, traffic.answers[kind].counts.get(500)]).toEqual([kind, undefined]);
    }
    gateway.child.kill("SIGTERM");
    expect((await gateway.exited).code).toBe(0);
  });

  it("stops in order when it is told to, although it is away", async () => {
    await spawn().ready();
    await postgres.stop();
    gateway.child.kill("SIGTERM");
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
    await postgres.start();
  });
});

describe("a start", () => {
  it("waits for PostgreSQL, and says so", async () => {
    await postgres.stop();
    spawn();
    await expect
      .poll(() => gateway.stderr(), PATIENCE)
      .toMatch(/Nothing listens.+Waiting for it, up to 60 s/);
    expect(await readiness()).toEqual({
      status: 503,
      body: {
        status: "starting",
        checks: { database: expect.stringContaining("PostgreSQL is away (refused)") },
      },
    });
    await postgres.start();
    await gateway.ready();
    expect((await readiness()).status).toBe(200);
  });

  it("gives up when its patience is over, and at once when it is told to", async () => {
    await postgres.stop();
    const { exited } = spawn({ STARTUP_WAIT_SECONDS: "1" });
    expect((await exited).code).toBe(1);
    expect(gateway.stderr()).toContain("Nothing listens at the address in DATABASE_URL");

    spawn();
    await expect.poll(() => gateway.stderr(), PATIENCE).toContain("Waiting for it");
    gateway.child.kill("SIGTERM");
    expect((await gateway.exited).code).toBe(0);
    await postgres.start();
  });
});
