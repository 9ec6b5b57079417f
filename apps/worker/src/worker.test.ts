import { requestRefresh } from "@sallyport/connections/idp-metadata";
import { addFollowedConnection, startMetadataServer } from "@sallyport/connections/idp-metadata/testing";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createLogger } from "@sallyport/logging";
import { createOutbound } from "@sallyport/outbound";
import { openQueues, type Queues } from "@sallyport/queue";
import { redisIsInstalled, startTestRedis, type TestRedis } from "@sallyport/queue/testing";
import { createTestIdp } from "@sallyport/saml/testing";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createJobRequests, type JobRequests } from "./job-requests.ts";
import { JOBS } from "./jobs/index.ts";
import type { Checkpoint } from "./jobs/reconcile/checkpoint.ts";
import type { WorkerServices } from "./services.ts";
import { createTenant, type Tenant } from "./testing/tenant.ts";
import { createWorker, type Worker, type WorkerDeps } from "./worker.ts";

const log = createLogger({ level: "silent" });
const backends = redisIsInstalled() ? (["PostgreSQL", "Redis"] as const) : (["PostgreSQL"] as const);

describe.each(backends)("the worker with its jobs on %s", (backend) => {
  let test: TestDatabase;
  let redis: TestRedis | undefined;
  let queues: Queues<WorkerServices>;
  let requests: JobRequests;
  let acme: Tenant;
  let running: Worker[];
  const outbound = createOutbound({ allow: [] });
  const loopback = createOutbound({ allow: ["127.0.0.0/8"] });

  beforeEach(async () => {
    test = await createTestDatabase();
    redis = backend === "Redis" ? await startTestRedis() : undefined;
    queues = await openQueues({
      databaseUrl: test.url,
      jobs: JOBS,
      log,
      ...(redis === undefined ? {} : { redisUrl: redis.url }),
    });
    requests = createJobRequests(queues);
    acme = await createTenant(test.database.sql, "acme");
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((worker) => worker.stop()));
    await queues.close();
    await redis?.stop();
    await test.drop();
  });

  async function start(options: Partial<WorkerDeps> = {}): Promise<Worker> {
    const worker = createWorker({
      database: test.database,
      queues,
      ...requests,
      log,
      publicUrl: "https://sso.example.com",
      now: () => new Date(),
      signer: { sign: async () => "token" },
      secrets: createSecretBox([newEncryptionKey()]),
      outbound,
      operatorOutbound: outbound,
      resolveTxt: async () => [],
      deliveryOutbound: outbound,
      ...options,
    });
    await worker.start();
    running.push(worker);
    return worker;
  }

  const clean = async (tenant: Tenant) =>
    vi.waitFor(async () => expect(await tenant.dirtyRows()).toBe(0), { timeout: 10_000, interval: 20 });

  it("reconciles what is requested", async () => {
    await start();
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    requests.requestReconcile(acme.id);
    await clean(acme);
    expect((await acme.membershipOf(await acme.userIdOf(ada)))?.roles).toEqual(["member"]);
  });

  it("finds by its sweep what nobody requested", async () => {
    await acme.pushUser();
    await test.database.sql.query("UPDATE dirty_directory_users SET marked_at = now() - interval '1 minute'");
    await start({ work: { everyMs: { sweep: 200 } } });
    await clean(acme); // found at the start
    await acme.pushUser();
    await test.database.sql.query("UPDATE dirty_directory_users SET marked_at = now() - interval '1 minute'");
    await clean(acme); // found by the schedule
  });

  it("misses no change of a stream of them, and reconciles in far fewer jobs than changes", async () => {
    let batches = 0;
    await start({
      reach: (at: Checkpoint) => {
        if (at === "committed") {
          batches++;
        }
      },
    });
    for (let n = 0; n < 200; n++) {
      await acme.pushUser({ email: `user${n}@acme.example` });
      requests.requestReconcile(acme.id);
    }
    await queues.flush();
    await clean(acme);
    const { rows } = await test.database.sql.query("SELECT id FROM memberships");
    expect(rows).toHaveLength(200);
    expect(batches).toBeLessThan(100);
  });

  it("takes turns between a large organization and a small one", async () => {
    const bravo = await createTenant(test.database.sql, "bravo");
    for (let n = 0; n < 60; n++) {
      await acme.pushUser();
    }
    await bravo.pushUser();
    requests.requestReconcile(acme.id);
    await queues.flush();
    requests.requestReconcile(bravo.id);
    await queues.flush();
    let leftOfAcme = 0;
    await start({
      work: { concurrency: { reconcile: 1 } },
      batchSize: 5,
      batchesPerTurn: 2,
      reach: async (at) => {
        if (at === "committed" && leftOfAcme === 0 && (await bravo.dirtyRows()) === 0) {
          leftOfAcme = await acme.dirtyRows();
        }
      },
    });
    await clean(acme);
    await clean(bravo);
    expect(leftOfAcme).toBeGreaterThan(30);
  });

  it("tries again after a crash in the middle", async () => {
    let crashes = 0;
    await start({
      batchSize: 2,
      reach: (at) => {
        if (at === "usersApplied" && crashes++ === 1) {
          throw new Error("crashed");
        }
      },
    });
    for (let n = 0; n < 6; n++) {
      await acme.pushUser();
    }
    requests.requestReconcile(acme.id);
    await clean(acme);
    expect(crashes).toBeGreaterThan(1);
    const types = await acme.auditTypes();
    expect(types.filter((type) => type === "user.created")).toHaveLength(6);
  });

  it("tells applications as soon as a suspension ended sessions", async () => {
    const told = vi.spyOn(requests, "requestLogout");
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    await start();
    requests.requestReconcile(acme.id);
    await clean(acme);
    told.mockClear();
    await test.database.sql.query(
      `INSERT INTO sessions (id, organization_id, user_id, connection_id, identity_id, amr, groups, auth_time, expires_at)
       SELECT gen_random_uuid(), $1, user_id, gen_random_uuid(), gen_random_uuid(), '{}', '{}', now(), now() + interval '1 hour'
       FROM directory_user_links`,
      [acme.id],
    );
    await acme.changeUser(ada, { active: false });
    requests.requestReconcile(acme.id);
    await clean(acme);
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1));
  });

  it("has connections follow the metadata that is due, by its schedule and when it is asked", async () => {
    const idp = createTestIdp();
    const server = await startMetadataServer(idp.metadata({ wantAuthnRequestsSigned: true }));
    const follow = (dueAt: Date) =>
      addFollowedConnection(test.database, { metadata: idp.metadata(), metadataUrl: server.url, dueAt });
    const applied = async ({ organizationId }: { organizationId: string }) =>
      vi.waitFor(
        async () => {
          const where = { organizationId, type: "connection.metadata_applied" };
          expect(await test.database.prisma.event.count({ where })).toBe(1);
        },
        { timeout: 10_000 },
      );
    const there = await follow(new Date(0));
    await start({ outbound: loopback, work: { everyMs: { sweep: 300 } } });
    await applied(there); // found at the start
    await applied(await follow(new Date())); // found by the schedule
    const asked = await follow(new Date(Date.now() + 60_000));
    await requestRefresh(test.database.sql, asked, new Date());
    requests.requestMetadata();
    await applied(asked);
    await server.close();
  });

  it("announces certificates that end soon", async () => {
    const idp = createTestIdp();
    const url = "https://idp.example.test/metadata";
    const connection = await addFollowedConnection(test.database, {
      ...{ metadata: idp.metadata(), metadataUrl: url, dueAt: new Date("2100-01-01T00:00:00Z") },
    });
    await start({ now: () => new Date("2043-12-20T00:00:00Z"), work: { everyMs: { expiry: 300 } } });
    const where = { organizationId: connection.organizationId };
    await vi.waitFor(
      async () =>
        expect(await test.database.prisma.event.findMany({ where })).toMatchObject([
          { type: "connection.certificate_expiring", data: { side: "idp", daysLeft: 12 } },
        ]),
      { timeout: 10_000 },
    );
  });

  it("finishes the batch at hand when it stops", async () => {
    const reached: Checkpoint[] = [];
    const worker = await start({
      reach: async (at) => {
        reached.push(at);
        if (at === "usersTaken") {
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      },
    });
    await acme.pushUser();
    requests.requestReconcile(acme.id);
    await vi.waitFor(() => expect(reached).toContain("usersTaken"), 5_000);
    await worker.stop();
    expect(reached).toEqual(["usersTaken", "usersApplied", "committed"]);
    expect(await acme.dirtyRows()).toBe(0);
  });
});
