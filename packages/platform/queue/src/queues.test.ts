import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createTestDatabase } from "@sallyport/database/testing";
import { createLogger } from "@sallyport/logging";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openQueues, type Queues, type Workers } from "./index.ts";
import { createGate } from "./testing/gate.ts";
import { first, idle, jobs, look, second, type TestServices } from "./testing/jobs.ts";
import { type RedisForm, redisIsInstalled, startTestRedis } from "./testing/redis-server.ts";

const log = createLogger({ level: "silent" });
const ONE = "01900000-0000-7000-8000-00000000000a";
const OTHER = "01900000-0000-7000-8000-00000000000b";

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
if (redisIsInstalled()) {
  stores.push(["Redis", redisStore]);
}

describe.each(stores)("queues on %s", (_name, openStore) => {
  let store: Store;
  let queues: Queues<TestServices>;
  let running: Workers[];

  beforeEach(async () => {
    store = await openStore();
    queues = await openQueues({ ...store.urls, jobs, log });
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((workers) => workers.stop()));
    await queues.close();
    await store.drop();
  });

  async function work(
    handlers: Partial<TestServices>,
    options: Parameters<Queues<TestServices>["work"]>[1] = {},
  ) {
    const workers = await queues.work({ ...idle, ...handlers }, options);
    running.push(workers);
    return workers;
  }

  it("hands each requested thing to the handler", async () => {
    const seen: string[] = [];
    await work({
      look: async (id) => {
        seen.push(id);
        return "done";
      },
    });
    queues.requestFor(look, ONE);
    queues.requestFor(look, OTHER);
    await vi.waitFor(() => expect([...seen].sort()).toEqual([ONE, OTHER]), 5_000);
  });

  it("makes one job of many requests while none is active", async () => {
    for (let i = 0; i < 1_000; i++) {
      queues.requestFor(look, ONE);
    }
    await queues.flush();
    expect((await queues.counts()).look).toMatchObject({ waiting: 1, active: 0 });
  });

  it("starts a run after every request, also one that comes while a job is active, and never two at once", async () => {
    let runs = 0;
    let active = 0;
    let most = 0;
    const started = createGate();
    const gate = createGate();
    await work({
      look: async () => {
        runs++;
        most = Math.max(most, ++active);
        started.open();
        await gate.passed;
        active--;
        return "done";
      },
    });
    queues.requestFor(look, ONE);
    await started.passed;
    for (let i = 0; i < 5; i++) {
      queues.requestFor(look, ONE);
      await queues.flush();
    }
    gate.open();
    await vi.waitFor(() => expect(runs).toBe(2), 5_000);
    await vi.waitFor(async () => expect((await queues.counts()).look?.active).toBe(0), 5_000);
    expect([runs, most]).toEqual([2, 1]);
  });

  it("puts a thing that has more to do behind the others", async () => {
    const order: string[] = [];
    queues.requestFor(look, ONE);
    await queues.flush();
    queues.requestFor(look, OTHER);
    await queues.flush();
    await work(
      {
        look: async (id) => {
          order.push(id);
          return id === ONE && order.filter((other) => other === ONE).length < 3 ? "more" : "done";
        },
      },
      { concurrency: { look: 1 } },
    );
    await vi.waitFor(() => expect(order).toHaveLength(4), 5_000);
    expect(order[0]).toBe(ONE);
    expect(order.indexOf(OTHER)).toBeLessThan(3);
  });

  it("tries a job again that failed", async () => {
    let runs = 0;
    await work({
      look: async () => {
        if (++runs === 1) {
          throw new Error("the database went away");
        }
        return "done";
      },
    });
    queues.requestFor(look, ONE);
    await vi.waitFor(() => expect(runs).toBe(2), { timeout: 8_000 });
    await vi.waitFor(async () => expect((await queues.counts()).look?.failed).toBe(0));
  });

  it("tells which jobs gave up, and has them done again", async () => {
    let broken = true;
    const done: string[] = [];
    await work({
      first: async () => {
        if (broken) {
          throw new Error("the disk is full");
        }
        done.push("first");
      },
    });
    queues.request(first);
    await vi.waitFor(async () => expect((await queues.counts()).first?.failed).toBe(1), 8_000);
    expect(await queues.failures()).toEqual([
      {
        ...{ queue: "first", job: "first", data: {}, attempts: 1, reason: "the disk is full" },
        ...{ id: expect.any(String), failedAt: expect.any(Date) },
      },
    ]);
    broken = false;
    expect(await queues.retry("first")).toBe(1);
    await vi.waitFor(() => expect(done).toEqual(["first"]), 8_000);
    expect(await queues.failures()).toEqual([]);
    expect(await queues.retry("first")).toBe(0);
    expect(await queues.retry("none")).toBeNull();
  });

  it("lets active jobs finish when it stops, and leaves waiting ones for the next process", async () => {
    const started = createGate();
    const gate = createGate();
    const finished: string[] = [];
    const first = await work(
      {
        look: async (id) => {
          started.open();
          await gate.passed;
          finished.push(id);
          return "done";
        },
      },
      { concurrency: { look: 1 } },
    );
    queues.requestFor(look, ONE);
    await started.passed;
    queues.requestFor(look, OTHER);
    await queues.flush();
    const stopping = first.stop();
    gate.open();
    await stopping;
    expect(finished).toEqual([ONE]);

    const later: string[] = [];
    await work({
      look: async (id) => {
        later.push(id);
        return "done";
      },
    });
    await vi.waitFor(() => expect(later).toEqual([OTHER]), 5_000);
  });

  it("runs what goes by the clock on its schedules, once however many processes there are", async () => {
    let ticks = 0;
    let tocks = 0;
    let chimes = 0;
    const handlers = {
      tick: async () => void ticks++,
      tock: async () => void tocks++,
      chime: async () => void chimes++,
    };
    const everyMs = { tick: 300, tock: 300, chime: 300 };
    await work(handlers, { everyMs });
    await work(handlers, { everyMs });
    const began = Date.now();
    await vi.waitFor(() => expect(Math.min(ticks, tocks, chimes)).toBeGreaterThanOrEqual(3), 8_000);
    expect(Math.max(ticks, tocks, chimes)).toBeLessThanOrEqual((Date.now() - began) / 300 + 3);
  });

  it("runs at each start what asks for that, beside its schedule", async () => {
    let starts = 0;
    const startAndStop = async () => {
      const workers = await work({ start: async () => void starts++ });
      await vi.waitFor(
        async () => expect((await queues.counts()).clock).toMatchObject({ waiting: 0, active: 0 }),
        5_000,
      );
      await workers.stop();
      return starts;
    };
    const first = await startAndStop();
    expect(first).toBeGreaterThan(0);
    expect(await startAndStop()).toBeGreaterThan(first); // the schedule is due in an hour
  });

  it("tells handlers once of many requests, each of its own", async () => {
    const handled: string[] = [];
    for (let i = 0; i < 100; i++) {
      queues.request(first);
      queues.request(second);
    }
    await queues.flush();
    const counts = await queues.counts();
    expect([counts.first?.waiting, counts.second?.waiting]).toEqual([1, 1]);
    await work({
      first: async () => void handled.push("first"),
      second: async () => void handled.push("second"),
    });
    await vi.waitFor(() => expect(handled.sort()).toEqual(["first", "second"]), 5_000);
  });

  it("serves a producer in another process", async () => {
    const other = await openQueues({ ...store.urls, jobs, log });
    const seen: string[] = [];
    await work({
      look: async (id) => {
        seen.push(id);
        return "done";
      },
    });
    other.requestFor(look, ONE);
    await other.close(); // hands over first
    await vi.waitFor(() => expect(seen).toEqual([ONE]), 5_000);
  });

  it("goes on after it lost every connection", async () => {
    const seen: string[] = [];
    await work({
      look: async (id) => {
        seen.push(id);
        return "done";
      },
    });
    await store.interrupt();
    await vi.waitFor(() => queues.ping(), 10_000);
    queues.requestFor(look, ONE);
    await vi.waitFor(() => expect(seen).toEqual([ONE]), 10_000);
  });

  it("gives the job of a process that was killed to another", async () => {
    const script = fileURLToPath(new URL("./testing/hanging-worker.ts", import.meta.url));
    const dying = spawn(process.execPath, ["--import", "tsx", "--conditions=source", script], {
      env: { ...process.env, QUEUES: JSON.stringify(store.urls) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    queues.requestFor(look, ONE);
    await once(dying.stdout, "data"); // it has the job
    dying.kill("SIGKILL");
    await once(dying, "exit");
    queues.requestFor(look, ONE); // kept behind the job that is thought to be active
    const seen: string[] = [];
    await work(
      {
        look: async (id) => {
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
    queues.requestFor(look, ONE); // logged, not thrown
    store = await openStore();
    await queues.close();
    queues = await openQueues({ ...store.urls, jobs, log });
  });
});

describe.runIf(redisIsInstalled()).each<RedisForm>(["cluster", "sentinel"])("queues on Redis %s", (form) => {
  it("queue, work and close as on a single one", async () => {
    const redis = await startTestRedis({ form });
    const queues = await openQueues({ databaseUrl: "postgresql://unused", redisUrl: redis.url, jobs, log });
    const seen: string[] = [];
    const workers = await queues.work({
      ...idle,
      look: async (id) => {
        seen.push(id);
        return "done";
      },
    });
    queues.requestFor(look, ONE);
    queues.requestFor(look, OTHER);
    await vi.waitFor(() => expect([...seen].sort()).toEqual([ONE, OTHER]), 5_000);
    await queues.ping();
    await workers.stop();
    await queues.close();
    await redis.stop();
  });
});

it("refuses a store that cannot be reached", async () => {
  await expect(
    openQueues({ databaseUrl: "postgresql://postgres@127.0.0.1:1/none", jobs, log }),
  ).rejects.toThrow();
  await expect(
    openQueues({ databaseUrl: "postgresql://unused", redisUrl: "redis://127.0.0.1:1", jobs, log }),
  ).rejects.toThrow();
});

it("refuses two jobs of one name, and to ask for a job that was not declared", async () => {
  const twice = openQueues({ databaseUrl: "postgresql://unused", jobs: [first, first], log });
  await expect(twice).rejects.toThrow("Two jobs are called first");
  const store = await postgresStore();
  const queues = await openQueues({ ...store.urls, jobs: [first], log });
  expect(() => queues.request(second)).toThrow("No job is declared as second");
  await queues.close();
  await store.drop();
});
