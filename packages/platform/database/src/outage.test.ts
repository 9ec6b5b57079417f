import { outageOf } from "@sallyport/outage";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "./database.ts";
import { migrate } from "./migrations.ts";
import { type OwnPostgres, startOwnPostgres } from "./testing/own-postgres.ts";
import { startTcpProxy, type TcpProxy } from "./testing/tcp-proxy.ts";

// Whatever happens to the server: an error that says so, nothing that ends the process (vitest fails a run in which an
// error event goes unheard), and the same pool works again.

let postgres: OwnPostgres;
let proxy: TcpProxy;
let database: Database;
let admin: Database;

beforeAll(async () => {
  postgres = await startOwnPostgres({ max_connections: "20" });
  await migrate(postgres.url);
});
afterAll(() => postgres.remove());

async function open(options: { poolSize?: number; connectMs?: number } = {}): Promise<void> {
  proxy = await startTcpProxy(postgres.port);
  const url = new URL(postgres.url);
  url.port = String(proxy.port);
  database = openDatabase({ url: url.toString(), ...options });
  admin = openDatabase({ url: postgres.url, poolSize: 2 });
}
afterEach(async () => {
  await admin.close();
  await database.close();
  await proxy.close();
}, 30_000);

const ways: readonly [name: string, ask: () => Promise<unknown>][] = [
  ["a statement", () => database.sql.query("SELECT 1")],
  ["a transaction", () => database.transaction((sql) => sql.query("SELECT 1"))],
  ["Prisma", () => database.prisma.organization.count()],
  ["Prisma's raw SQL", () => database.prisma.$queryRawUnsafe("SELECT 1")],
  ["Prisma's transaction", () => database.prisma.$transaction((tx) => tx.organization.count())],
];

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "none",
    (error: unknown) => outageOf(error) ?? error,
  );

async function worksAgain(ask: () => Promise<unknown>): Promise<void> {
  await expect.poll(() => failureOf(ask()), { timeout: 15_000 }).toBe("none");
}

/** Ends the connections of the database under test, as an administrator does. */
async function terminate(): Promise<void> {
  await admin.sql.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
     WHERE application_name = 'sallyport' AND pid <> pg_backend_pid()`,
  );
}

describe.each(ways)("%s", (name, ask) => {
  it("meets a server that was stopped, and works when it is back", async () => {
    await open();
    await ask();
    await postgres.stop();
    expect(await failureOf(ask())).toMatchObject({ server: "PostgreSQL" });
    await postgres.start();
    await worksAgain(ask);
  });

  it("meets a refused connection", async () => {
    await open();
    await proxy.close();
    expect(await failureOf(ask())).toEqual({ server: "PostgreSQL", kind: "refused" });
    proxy = await startTcpProxy(postgres.port);
  });

  it("meets connections that an administrator ended, and works with the next", async () => {
    await open();
    await ask();
    await terminate();
    await worksAgain(ask);
  });

  it("meets a server with no connection left", async () => {
    await open();
    const greedy = openDatabase({ url: postgres.url, poolSize: 30 });
    const connect = () => greedy.pool.connect().catch(() => null);
    const held = await Promise.all(Array.from({ length: 25 }, connect));
    expect(await failureOf(ask())).toEqual({ server: "PostgreSQL", kind: "too_many_connections" });
    for (const client of held) {
      client?.release();
    }
    await greedy.close();
    await worksAgain(ask);
  });

  it("meets a name that cannot be resolved", async () => {
    await open();
    const url = new URL(postgres.url);
    url.hostname = "no-such-host.invalid";
    const own = database;
    database = openDatabase({ url: url.toString() });
    const kind = name.startsWith("Prisma") ? "refused" : "name_unresolved"; // Prisma does not tell them apart
    expect(await failureOf(ask())).toEqual({ server: "PostgreSQL", kind });
    await database.close();
    database = own;
  });

  it("meets a pool whose connections are all taken", async () => {
    await open({ poolSize: 1, connectMs: 1_500 });
    const taken = await database.pool.connect();
    expect(await failureOf(ask())).toEqual({ server: "PostgreSQL", kind: "busy" });
    taken.release();
    await worksAgain(ask);
  });

  it("meets a server that accepts and never answers", async () => {
    await open({ connectMs: 1_500 });
    proxy.stall();
    expect(await failureOf(ask())).toMatchObject({ server: "PostgreSQL" });
    proxy.resume();
    await worksAgain(ask);
  });

  it("finds out that the host behind its connections is gone", async () => {
    await open();
    await ask();
    proxy.stall();
    const asked = ask();
    proxy.abandon();
    // New connections find a server, which knows nothing of what was asked over the old ones.
    expect(await failureOf(asked)).toMatchObject({ server: "PostgreSQL" });
    await worksAgain(ask);
  });

  it("meets a standby after a failover, and leaves it", async () => {
    await open();
    await admin.sql.query("ALTER SYSTEM SET default_transaction_read_only = on");
    await admin.sql.query("SELECT pg_reload_conf()");
    const change = () => database.sql.query("DELETE FROM organizations");
    await expect
      .poll(() => failureOf(change()), { timeout: 15_000 })
      .toEqual({ server: "PostgreSQL", kind: "read_only" });
    await admin.transaction(async (sql) => {
      await sql.query("SET TRANSACTION READ WRITE");
    });
    await admin.sql.query("ALTER SYSTEM RESET default_transaction_read_only");
    await admin.sql.query("SELECT pg_reload_conf()");
    await worksAgain(change);
    await worksAgain(ask);
  });
});

describe("a transaction", () => {
  const half = async (between: () => Promise<unknown>, then = "SELECT 1") =>
    failureOf(
      database.transaction(async (sql) => {
        await sql.query(
          "INSERT INTO organizations (id, slug, name, updated_at) VALUES (gen_random_uuid(), 'half', 'Half', now())",
        );
        await between();
        await sql.query(then);
      }),
    );
  const kept = async () =>
    (await admin.sql.query("SELECT 1 FROM organizations WHERE slug = 'half'")).rows.length;

  it.each<[name: string, between: () => Promise<unknown> | unknown]>([
    ["terminated", terminate],
    ["reset", () => proxy.reset()],
    [
      "stopped",
      async () => {
        await postgres.stop();
        await postgres.start();
      },
    ],
  ])("whose connection is %s between two statements leaves nothing", async (_name, between) => {
    await open();
    expect(await half(async () => between())).toMatchObject({ server: "PostgreSQL" });
    await expect.poll(kept).toBe(0);
    expect(await half(async () => undefined, "DELETE FROM organizations WHERE slug = 'half'")).toBe("none");
  });

  it("whose server crashes in the middle leaves nothing", async () => {
    await open();
    const crash = async () => {
      const { rows } = await admin.sql.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      process.kill(rows[0]?.pid ?? 0, "SIGKILL"); // PostgreSQL ends all others then, and recovers
    };
    expect(await half(crash, "SELECT pg_sleep(10)")).toMatchObject({ server: "PostgreSQL" });
    await expect.poll(() => failureOf(kept()), { timeout: 15_000 }).toBe("none");
    await expect.poll(kept).toBe(0);
  });

  it("is given free by the server when its client is gone without a word", async () => {
    await open();
    const { rows } = await database.transaction((sql) =>
      sql.query<{ timeout: string }>(
        "SELECT current_setting('idle_in_transaction_session_timeout') AS timeout",
      ),
    );
    expect(rows).toEqual([{ timeout: "1min" }]);
    const { rows: after } = await database.sql.query<{ timeout: string }>(
      "SELECT current_setting('idle_in_transaction_session_timeout') AS timeout",
    );
    expect(after).toEqual([{ timeout: "0" }]);
  });

  it("whose COMMIT is not answered may have been kept: an outage, never a success", async () => {
    await open();
    await database.pool.connect().then((client) => client.release());
    const failure = await failureOf(
      database.transaction(async (sql) => {
        await sql.query(
          "INSERT INTO organizations (id, slug, name, updated_at) VALUES (gen_random_uuid(), 'half', 'Half', now())",
        );
        proxy.loseAnswers();
      }),
    );
    expect(failure).toMatchObject({ server: "PostgreSQL" });
    await expect.poll(kept).toBe(1);
    await admin.sql.query("DELETE FROM organizations");
  });
});

it("a statement that takes long is not cut off, nor the lock that it waits for", async () => {
  await open();
  expect(await failureOf(database.sql.query("SELECT pg_sleep(9)"))).toBe("none");
});
