import { readFile } from "node:fs/promises";
import { EVENTS_TABLE } from "@sallyport/audit-streams";
import { createClickhouse, migrateTable } from "@sallyport/clickhouse";
import { type Event, fillOutbox, recordEvents } from "@sallyport/events";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { traceOf } from "../../erasure/everything.ts";
import { BOB, ZOE } from "../../erasure/person.ts";
import { createWorld, type World } from "../../erasure/world.ts";
import { type Installation, startInstallation } from "../../faults/installation.ts";
import { type Engine, startEngine } from "./engine.ts";
import { startOldServer } from "./old-server.ts";

const TABLE = EVENTS_TABLE.name;
const MANY = 100_000;
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 120_000, interval: 100 });

async function count(engine: Engine, of: string): Promise<number> {
  const [[number = ""] = []] = await engine.ask(`SELECT count() FROM ${of}`);
  return Number(number);
}
/** Seconds of processor time. */
async function cpuOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
const fact = (name: string): Event => ({
  organizationId: null,
  type: "domain.created",
  actor: { type: "user", id: "019ac0de-0000-7000-8000-000000000001" },
  requestId: "019ac0de-0000-7000-8000-000000000002",
  ip: "192.0.2.1",
  resource: { type: "domain", id: name },
  after: { name: `${name}.example.test` },
});

describe("events", () => {
  let engine: Engine;
  let installation: Installation;
  beforeAll(async () => {
    engine = await startEngine();
    // As version 1 of the gateway made it.
    await engine.ask(EVENTS_TABLE.steps[0] ?? "");
    await engine.ask(`ALTER TABLE ${TABLE} MODIFY COMMENT 'Sallyport, version 1'`);
    await engine.ask(`INSERT INTO ${TABLE} (type) VALUES ('from before')`);
    installation = await startInstallation({ env: { CLICKHOUSE_URL: engine.url } });
  }, 240_000);
  afterAll(async () => {
    await installation?.stop();
    await engine?.stop();
  });

  const stream = () => installation.database.prisma.auditStream.findFirstOrThrow();
  /** What happens by itself after a minute. */
  const endLease = () =>
    installation.database.sql.query("UPDATE audit_streams SET leased_until = NULL, due_at = to_timestamp(0)");
  async function record(names: readonly string[]): Promise<void> {
    const { database } = installation;
    for (let from = 0; from < names.length; from += 5_000) {
      await recordEvents(database.sql, names.slice(from, from + 5_000).map(fact));
    }
    await fillOutbox(database);
  }
  /** Until all that there is has arrived. */
  const settled = () =>
    eventually(async () => {
      const { position } = await stream();
      const last = await installation.database.prisma.outboxEntry.findFirst({
        orderBy: { position: "desc" },
      });
      expect(position).toBe(last?.position ?? 0n);
    });
  async function expectEachOnce(): Promise<void> {
    const events = await installation.database.prisma.outboxEntry.count();
    expect(await count(engine, `${TABLE} FINAL WHERE type != 'from before'`)).toBe(events);
    expect(await engine.ask(`SELECT count(DISTINCT id) FROM ${TABLE} WHERE type != 'from before'`)).toEqual([
      [String(events)],
    ]);
  }

  it("find the table that an older version made, and give it what it lacks", async () => {
    await record(["first"]);
    await settled();
    expect(await engine.ask(`SELECT comment FROM system.tables WHERE name = '${TABLE}'`)).toEqual([
      ["Sallyport, version 2"],
    ]);
    expect(
      (
        await engine.ask(
          `SELECT name FROM system.data_skipping_indices WHERE table = '${TABLE}' ORDER BY name`,
        )
      ).flat(),
    ).toEqual(["by_actor", "by_id", "by_request", "by_resource", "by_type"]);
    expect(await count(engine, `${TABLE} WHERE type = 'from before'`)).toBe(1);
    await expectEachOnce();
  });

  it(`arrive once, ${MANY} of them`, async () => {
    await record(Array.from({ length: MANY }, (_, n) => `many-${n}`));
    const began = performance.now();
    const [before, { delivered }] = [await cpuOf(engine.pid), await stream()];
    await settled();
    const seconds = (performance.now() - began) / 1_000;
    const after = await stream();
    const rows = Number(after.delivered - delivered);
    const cpu = (await cpuOf(engine.pid)) - before;
    process.stdout.write(
      `ClickHouse ${engine.version}: ${rows} rows in ${seconds.toFixed(1)} s (${Math.round(rows / seconds)} rows/s), ${((cpu / rows) * 1e6).toFixed(1)} µs of its processor a row\n`,
    );
    await expectEachOnce();
    expect(await engine.ask(`SELECT after, ip FROM ${TABLE} FINAL WHERE resource_id = 'many-99999'`)).toEqual(
      [['{"name":"many-99999.example.test"}', "192.0.2.1"]],
    );
  });

  it("are seen once where the worker is killed between an INSERT and its note", async () => {
    const [worker] = installation.workers;
    for (let round = 0; round < 3; round++) {
      let killed: Promise<void> | undefined;
      let inserts = 0;
      engine.onDone = async (statement) => {
        inserts += statement.startsWith("INSERT") ? 1 : 0;
        if (inserts === 1 && killed === undefined) {
          killed = worker?.kill();
          await killed;
        }
      };
      await record([`killed-${round}-a`, `killed-${round}-b`]);
      await eventually(async () => expect(killed).toBeDefined());
      await killed;
      expect(await count(engine, `${TABLE} WHERE startsWith(resource_id, 'killed-${round}')`)).toBe(2);
      await endLease();
      await worker?.start();
      await settled();
      // It was sent again: else it would prove nothing.
      expect(inserts).toBeGreaterThan(1);
    }
    await expectEachOnce();
  }, 240_000);

  it("wait while the server is away, and the gateway goes on", async () => {
    await engine.kill();
    await record(["while away"]);
    await eventually(async () => expect((await stream()).lastError).not.toBeNull());
    const { url } = installation.gateways[0] ?? { url: "" };
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const shown = await fetch(`${url}/api/v1/audit-streams`, {
      headers: { authorization: `Bearer ${installation.rootKey}` },
    });
    expect(await shown.json()).toMatchObject({
      items: [{ destination: { type: "clickhouse", database: "audit" }, lag: { events: 1 }, lastError: /./ }],
    });
    await engine.start();
    await endLease();
    await settled();
    await expectEachOnce();
    expect(await count(engine, `${TABLE} FINAL WHERE resource_id = 'while away'`)).toBe(1);
  });

  it("are found by what they are searched by", async () => {
    const page = await readFile(new URL("../../../docs/clickhouse.md", import.meta.url), "utf8");
    const queries = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, query = ""]) => query.trim());
    expect(queries.length).toBeGreaterThanOrEqual(5);
    for (const query of queries) {
      expect(Array.isArray(await engine.ask(query))).toBe(true);
    }
  });
});

describe("an erasure", () => {
  let engine: Engine;
  let world: World;
  beforeAll(async () => {
    engine = await startEngine();
    world = await createWorld(undefined, { CLICKHOUSE_URL: engine.url });
  }, 240_000);
  afterAll(async () => {
    await world?.stop();
    await engine?.stop();
  });

  const prisma = () => world.site.gateway.database.prisma;
  const everything = async () =>
    (await engine.ask(`SELECT * FROM ${TABLE}`)).map((row) => ({ place: TABLE, text: row.join("\n") }));
  /** What happens by itself after a minute. */
  const followAtOnce = () =>
    world.site.gateway.database.sql.query("UPDATE event_changes SET changed_at = to_timestamp(0)");
  const settled = () =>
    eventually(async () => {
      await followAtOnce();
      expect(await prisma().eventChange.count()).toBe(0);
      const last = await prisma().outboxEntry.findFirst({ orderBy: { position: "desc" } });
      // The person has a stream of their organization's, too.
      const stream = await prisma().auditStream.findFirstOrThrow({ where: { name: "ClickHouse" } });
      expect(stream.position).toBeGreaterThanOrEqual(last?.position ?? 0n);
      expect(await engine.ask(`SELECT count() FROM system.mutations WHERE NOT is_done`)).toEqual([["0"]]);
    });

  it("of a person leaves none of their values in any column, and another's stand", async () => {
    await world.populate(BOB);
    const zoe = await world.populate(ZOE);
    await settled();
    expect(traceOf({ ...ZOE }, await everything()).length).toBeGreaterThan(5);
    const ofBob = traceOf({ ...BOB }, await everything()).length;
    const rows = await count(engine, `${TABLE} FINAL`);
    await world.api("POST", `/organizations/acme/members/${zoe.memberId}/erase`);
    await settled();
    expect(traceOf({ ...ZOE }, await everything())).toEqual([]);
    expect(traceOf({ ...BOB }, await everything()).length).toBe(ofBob);
    expect(await count(engine, `${TABLE} FINAL`)).toBeGreaterThan(rows);
    expect(await count(engine, `${TABLE} FINAL WHERE version > 0`)).toBeGreaterThan(5);
  }, 240_000);

  it("of an organization leaves none of its events", async () => {
    const rows = await count(engine, `${TABLE} WHERE organization_id = '${world.organizationId}'`);
    expect(rows).toBeGreaterThan(20);
    await world.api("DELETE", "/organizations/acme");
    // Its events wait for receivers that fail, seven days at most.
    await world.site.gateway.database.sql.query(
      "UPDATE deleted_organizations SET deleted_at = deleted_at - interval '8 days'",
    );
    await eventually(async () => {
      await followAtOnce();
      expect(await count(engine, `${TABLE} WHERE organization_id = '${world.organizationId}'`)).toBe(0);
    });
    await settled();
    expect(await count(engine, `${TABLE} FINAL WHERE type = 'organization.deleted'`)).toBe(1);
  }, 240_000);
});

/** Debian's, of 2018: a real server, and a real HTTP interface. */
const old = await startOldServer();
afterAll(() => old?.stop());

describe.runIf(old !== null)("a server that is too old", () => {
  it("is told of, and so is a password that is wrong", async () => {
    const within = { timeoutMs: 5_000 };
    const database = { database: "default", user: "default", url: old?.url ?? "" };
    const right = createClickhouse({ ...database, password: "right" });
    await expect(migrateTable(right, EVENTS_TABLE, within)).rejects.toThrow(
      /^ClickHouse 18\.16\.\d+ is too old: 24\.8 or later is needed\.$/,
    );
    expect(await right.run("SELECT 1", within)).toBe("1\n");
    await expect(right.insert("missing", "{}\n", within)).rejects.toMatchObject({
      message: "ClickHouse answered 404 to an INSERT into missing",
      answer: "code 115", // that it does not know a setting of ours
    });
    const wrong = createClickhouse({ ...database, password: "wr%ong" });
    await expect(wrong.run("SELECT 1", within)).rejects.toMatchObject({
      answer: expect.stringMatching(/Code: 193.*Wrong password/),
    });
    await Promise.all([right.close(), wrong.close()]);
  });
});
