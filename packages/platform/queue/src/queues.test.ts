import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createTestDatabase } from "@sallyport/database/testing";
import { createLogger } from "@sallyport/logging";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openQueues, type Queues, type Workers, type WorkHandlers } from "./index.ts";
import { createGate } from "./testing/gate.ts";
import { type RedisForm, redisIsInstalled, startTestRedis } from "./testing/redis-server.ts";

const log = createLogger({ level: "silent" });
const ACME = "01900000-0000-7000-8000-00000000000a";
const BRAVO = "01900000-0000-7000-8000-00000000000b";

const idle: WorkHandlers = {
  reconcile: async () => "done",
  logout: async () => undefined,
  metadata: async () => undefined,
  expiry: async () => undefined,
  sweep: async () => undefined,
  purge: async () => undefined,
  reseal: async () => undefined,
};

interface Store {
  readonly urls: { readonly databaseUrl: string; readonly redisUrl?: string };
  /** Ends every connection to it. */
  readonly interrupt: () => Promise<void>;
  readonly drop: () => Promise<void>;
}

async function postgresStore(): Promise<Store> {
  const test = await createTestDatabase();
  return {
    urls: { databaseUrl: test.url },
    interrupt: async () => {
      await test.database.sql.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
    },
    drop: () => test.drop(),
  };
}

async function redisStore(): Promise<Store> {
  const redis = await startTestRedis();
  return {
    urls: { databaseUrl: "postgresql://unused", redisUrl: redis.url },
    interrupt: async () => {
      await redis.disconnectClients();
    },
    drop: () => redis.stop(),
  };
}

const stores: [string, () => Promise<Store>][] = [["PostgreSQL", postgresStore]];
if (redisIsInstalled()) stores.push(["Redis", redisStore]);

describe.each(stores)("queues on %s", (_name, openStore) => {
  let store: Store;
  let queues: Queues;
  let running: Workers[];

  beforeEach(async () => {
    store = await openStore();
    queues = await openQueues({ ...store.urls, log });
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((workers) => workers.stop()));
    await queues.close();
    await store.drop();
  });

  async function work(handlers: Partial<WorkHandlers>, options: Parameters<Queues["work"]>[1] = {}) {
    const workers = await queues.work({ ...idle, ...handlers }, options);
    running.push(workers);
    return workers;
  }

  it("hands each requested organization to the handler", async () => {
    const seen: string[] = [];
    await work({
      reconcile: async (id) => {
        seen.push(id);
        return "done";
      },
    });
    queues.requestReconcile(ACME);
    queues.requestReconcile(BRAVO);
    await vi.waitFor(() => expect([...seen].sort()).toEqual([ACME, BRAVO]), 5_000);
  });

  it("makes one job of many requests while none is active", async () => {
    for (let i = 0; i < 1_000; i++) queues.requestReconcile(ACME);
    await queues.flush();
    expect((await queues.counts()).reconcile).toMatchObject({ waiting: 1, active: 0 });
  });

  it("starts a run after every request, also one that comes while a job is active, and never two at once", async () => {
    let runs = 0;
    let active = 0;
    let most = 0;
    const started = createGate();
    const gate = createGate();
    await work({
      reconcile: async () => {
        runs++;
        most = Math.max(most, ++active);
        started.open();
        await gate.passed;
        active--;
        return "done";
      },
    });
    queues.requestReconcile(ACME);
    await started.passed;
    for (let i = 0; i < 5; i++) {
      queues.requestReconcile(ACME);
      await queues.flush();
    }
    gate.open();
    await vi.waitFor(() => expect(runs).toBe(2), 5_000);
    await vi.waitFor(async () => expect((await queues.counts()).reconcile.active).toBe(0), 5_000);
    expect([runs, most]).toEqual([2, 1]);
  });

  it("puts an organization that has more to do behind the others", async () => {
    const order: string[] = [];
    queues.requestReconcile(ACME);
    await queues.flush();
    queues.requestReconcile(BRAVO);
    await queues.flush();
    await work(
      {
        reconcile: async (id) => {
          order.push(id);
          return id === ACME && order.filter((other) => other === ACME).length < 3 ? "more" : "done";
        },
      },
      { concurrency: 1 },
    );
    await vi.waitFor(() => expect(order).toHaveLength(4), 5_000);
    expect(order[0]).toBe(ACME);
    expect(order.indexOf(BRAVO)).toBeLessThan(3);
  });

  it("tries a job again that failed", async () => {
    let runs = 0;
    await work({
      reconcile: async () => {
        if (++runs === 1) throw new Error("the database went away");
        return "done";
      },
    });
    queues.requestReconcile(ACME);
    await vi.waitFor(() => expect(runs).toBe(2), { timeout: 8_000 });
    await vi.waitFor(async () => expect((await queues.counts()).reconcile.failed).toBe(0));
  });

  it("lets active jobs finish when it stops, and leaves waiting ones for the next process", async () => {
    const started = createGate();
    const gate = createGate();
    const finished: string[] = [];
    const first = await work(
      {
        reconcile: async (id) => {
          started.open();
          await gate.passed;
          finished.push(id);
          return "done";
        },
      },
      { concurrency: 1 },
    );
    queues.requestReconcile(ACME);
    await started.passed;
    queues.requestReconcile(BRAVO);
    await queues.flush();
    const stopping = first.stop();
    gate.open();
    await stopping;
    expect(finished).toEqual([ACME]);

    const later: string[] = [];
    await work({
      reconcile: async (id) => {
        later.push(id);
        return "done";
      },
    });
    await vi.waitFor(() => expect(later).toEqual([BRAVO]), 5_000);
  });

  it("runs what goes by the clock on its schedules, once however many processes there are", async () => {
    let sweeps = 0;
    let purges = 0;
    let expiries = 0;
    const handlers = {
      sweep: async () => void sweeps++,
      purge: async () => void purges++,
      expiry: async () => void expiries++,
    };
    const every = { sweepEveryMs: 300, purgeEveryMs: 300, expiryEveryMs: 300 };
    await work(handlers, every);
    await work(handlers, every);
    const began = Date.now();
    await vi.waitFor(() => expect(Math.min(sweeps, purges, expiries)).toBeGreaterThanOrEqual(3), 8_000);
    expect(Math.max(sweeps, purges, expiries)).toBeLessThanOrEqual((Date.now() - began) / 300 + 3);
  });

  it("tells handlers once of many requests, each of its own", async () => {
    const handled: string[] = [];
    for (let i = 0; i < 100; i++) {
      queues.requestLogout();
      queues.requestMetadata();
    }
    await queues.flush();
    const { logout, metadata } = await queues.counts();
    expect([logout.waiting, metadata.waiting]).toEqual([1, 1]);
    await work({
      logout: async () => void handled.push("logout"),
      metadata: async () => void handled.push("metadata"),
    });
    await vi.waitFor(() => expect(handled.sort()).toEqual(["logout", "metadata"]), 5_000);
  });

  it("serves a producer in another process", async () => {
    const other = await openQueues({ ...store.urls, log });
    const seen: string[] = [];
    await work({
      reconcile: async (id) => {
        seen.push(id);
        return "done";
      },
    });
    other.requestReconcile(ACME);
    await other.close(); // hands over first
    await vi.waitFor(() => expect(seen).toEqual([ACME]), 5_000);
  });

  it("goes on after it lost every connection", async () => {
    const seen: string[] = [];
    await work({
      reconcile: async (id) => {
        seen.push(id);
        return "done";
      },
    });
    await store.interrupt();
    await vi.waitFor(() => queues.ping(), 10_000);
    queues.requestReconcile(ACME);
    await vi.waitFor(() => expect(seen).toEqual([ACME]), 10_000);
  });

  it("gives the job of a process that was killed to another", async () => {
    const script = fileURLToPath(new URL("./testing/hanging-worker.ts", import.meta.url));
    const dying = spawn(process.execPath, ["--import", "tsx", "--conditions=source", script], {
      env: { ...process.env, QUEUES: JSON.stringify(store.urls) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    queues.requestReconcile(ACME);
    await once(dying.stdout, "data"); // it has the job
    dying.kill("SIGKILL");
    await once(dying, "exit");
    queues.requestReconcile(ACME); // kept behind the job that is thought to be active
    const seen: string[] = [];
    await work(
      {
        reconcile: async (id) => {
          seen.push(id);
          return "done";
        },
      },
      { lockMs: 1_000 },
    );
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0), 15_000);
  });

  it("answers a ping, and says when the store is gone", async () => {
    await queues.ping();
    await store.drop();
    await expect(queues.ping()).rejects.toThrow();
    queues.requestReconcile(ACME); // logged, not thrown
    store = await openStore();
    await queues.close();
    queues = await openQueues({ ...store.urls, log });
  });
});

describe.runIf(redisIsInstalled()).each<RedisForm>(["cluster", "sentinel"])("queues on Redis %s", (form) => {
  it("queue, work and close as on a single one", async () => {
    const redis = await startTestRedis({ form });
    const queues = await openQueues({ databaseUrl: "postgresql://unused", redisUrl: redis.url, log });
    const seen: string[] = [];
    const workers = await queues.work({
      ...idle,
      reconcile: async (id) => {
        seen.push(id);
        return "done";
      },
    });
    queues.requestReconcile(ACME);
    queues.requestReconcile(BRAVO);
    await vi.waitFor(() => expect([...seen].sort()).toEqual([ACME, BRAVO]), 5_000);
    await queues.ping();
    await workers.stop();
    await queues.close();
    await redis.stop();
  });
});

it("refuses a store that cannot be reached", async () => {
  await expect(openQueues({ databaseUrl: "postgresql://postgres@127.0.0.1:1/none", log })).rejects.toThrow();
  await expect(
    openQueues({ databaseUrl: "postgresql://unused", redisUrl: "redis://127.0.0.1:1", log }),
  ).rejects.toThrow();
});
