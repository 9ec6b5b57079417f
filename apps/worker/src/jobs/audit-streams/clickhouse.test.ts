import { adoptClickhouse, deleteStream } from "@sallyport/audit-streams";
import { type Clickhouse, createClickhouse } from "@sallyport/clickhouse";
import { type ClickhouseReceiver, type Row, startClickhouseReceiver } from "@sallyport/clickhouse/testing";
import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { setRetention } from "@sallyport/erasure";
import {
  deleteOldEvents,
  type ErasableContent,
  type Event,
  type EventDraft,
  eraseFromEvents,
  FIRST_EVENT,
  fillOutbox,
  forgetEvents,
  recordEvents,
} from "@sallyport/events";
import { createLogger } from "@sallyport/logging";
import { createOutbound } from "@sallyport/outbound";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunningLoop, startLoop } from "../../loop.ts";
import { auditStreamsLoop } from "./job.ts";

// Against a receiver of ClickHouse's HTTP interface that was written from its documentation; test/interop/clickhouse has the
// real engine do the same.

const TABLE = "sallyport_events";
const MINUTE_MS = 60_000;
const NO_ORGANIZATION = "00000000-0000-0000-0000-000000000000";
const log = createLogger({ level: "silent" });
const secrets = createSecretBox([newEncryptionKey()]);

let test: TestDatabase;
let server: ClickhouseReceiver;
let clickhouse: Clickhouse;
let clock: Date;
let ends: (() => Promise<unknown>)[];

beforeEach(async () => {
  test = await createTestDatabase();
  ends = [() => test.drop()];
  clock = new Date();
  server = await startClickhouseReceiver();
  ends.push(() => server.close());
  clickhouse = createClickhouse({
    url: server.url,
    database: "audit",
    user: server.user,
    password: server.password,
  });
  ends.push(() => clickhouse.close());
  await adoptClickhouse(test.database, { type: "clickhouse", url: server.url, database: "audit" });
});
afterEach(async () => {
  for (const end of ends.toReversed()) {
    await end();
  }
});

function start(to: Clickhouse | null = clickhouse): RunningLoop {
  const deliveryOutbound = createOutbound({ allow: [] });
  const services = { database: test.database, secrets, deliveryOutbound, log, now: () => clock };
  const loop = startLoop(
    { ...auditStreamsLoop, everyMs: 5 },
    to === null ? services : { ...services, clickhouse: to },
    log,
  );
  ends.push(() => deliveryOutbound.close());
  ends.push(() => loop.stop());
  return loop;
}

async function organization(slug: string): Promise<string> {
  const id = newId();
  await test.database.prisma.organization.create({ data: { id, slug, name: slug } });
  return id;
}

const fact = (organizationId: string | null, name: string): Event => ({
  organizationId,
  type: "domain.created",
  actor: { type: "user", id: "somebody" },
  requestId: "request",
  ip: "192.0.2.1",
  resource: { type: "domain", id: name },
  after: { name },
});

async function record(organizationId: string | null, ...names: string[]): Promise<void> {
  await recordEvents(
    test.database.sql,
    names.map((name) => fact(organizationId, name)),
  );
  await fillOutbox(test.database);
}

const stream = () => test.database.prisma.auditStream.findFirstOrThrow();
const changes = () => test.database.prisma.eventChange.count();
const later = (ms: number) => {
  clock = new Date(clock.getTime() + ms);
};
const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 10_000, interval: 10 });
const namesIn = (rows: readonly Row[] | null) => (rows ?? []).map(({ resource_id }) => resource_id);
const has = (...names: string[]) => eventually(() => expect(namesIn(server.rows(TABLE))).toEqual(names));

/** Has the events of these resources say that their content is `left`. */
async function erase(organizationId: string, resources: readonly string[], left: object): Promise<void> {
  const content: ErasableContent = { ip: null, before: null, after: left, data: null };
  const search = {
    organizationId,
    after: FIRST_EVENT,
    limit: 1_000,
    ids: resources,
    patterns: { lower: [], exact: [] },
  };
  await test.database.transaction((sql) => eraseFromEvents(sql, search, () => content, clock));
}

describe("what arrives", () => {
  it("is each event of all organizations and of none, from the oldest on, by columns", async () => {
    const acme = await organization("acme");
    await record(acme, "before");
    start();
    await record(null, "of nobody");
    await has("before", "of nobody");
    expect(server.rows(TABLE)).toMatchObject([
      {
        organization_id: acme,
        sequence: 1,
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/),
        type: "domain.created",
        outcome: "success",
        actor_type: "user",
        actor_id: "somebody",
        resource_type: "domain",
        resource_id: "before",
        request_id: "request",
        ip: "192.0.2.1",
        before: "",
        after: '{"name":"before"}',
        data: "",
        version: 0,
      },
      { organization_id: NO_ORGANIZATION, sequence: 1 },
    ]);
    expect(server.comment(TABLE)).toBe("Sallyport, version 2");
    await eventually(async () => expect(await stream()).toMatchObject({ position: 2n, delivered: 2n }));
  });

  it("comes in large batches, by whichever process, each once", async () => {
    const names = Array.from({ length: 12_000 }, (_, n) => `${n}`);
    await record(null, ...names);
    start();
    start();
    await eventually(() => expect(namesIn(server.rows(TABLE))).toEqual(names));
    expect(server.statements.filter((statement) => statement.startsWith("INSERT"))).toHaveLength(2);
  });

  it("waits while the server fails, and is told by events", async () => {
    server.answer = [
      500,
      "Code: 241. DB::Exception: too much: 'Ada'. (MEMORY_LIMIT_EXCEEDED) (version 26.9)",
    ];
    start();
    await record(null, "one");
    await eventually(async () => expect((await stream()).lastError).toContain("MEMORY_LIMIT_EXCEEDED"));
    for (let hours = 0; hours < 2; hours++) {
      const { count } = server.requests;
      later(60 * MINUTE_MS);
      await eventually(() => expect(server.requests.count).toBeGreaterThan(count));
      await eventually(async () => expect((await stream()).leasedUntil).toBeNull());
    }
    server.answer = null;
    later(60 * MINUTE_MS);
    await has("one");
    await eventually(async () =>
      expect(await stream()).toMatchObject({ failingSince: null, lastError: null }),
    );
    const told = await test.database.prisma.event.findMany({ where: { resourceType: "auditStream" } });
    expect(told.map(({ type }) => type).toSorted()).toEqual([
      "audit_stream.failing",
      "audit_stream.recovered",
    ]);
  });

  it("is refused rows whose failure does not clear with the table's check, and backs off", async () => {
    start();
    await record(null, "one");
    await has("one");
    server.answer = [500, "Code: 252. DB::Exception: Ada. (TOO_MANY_PARTS) (version 26.9)"];
    await record(null, "two");
    await eventually(async () =>
      expect((await stream()).lastError).toBe(
        "ClickHouse answered 500 to an INSERT into sallyport_events: code 252 (TOO_MANY_PARTS)",
      ),
    );
    expect((await stream()).failures).toBe(1);
  });

  it("is there twice where an answer was lost, and once for who reads with FINAL", async () => {
    start();
    await record(null, "one");
    await has("one");
    server.answer = "lost";
    await record(null, "two");
    await has("one", "two");
    await eventually(async () => expect((await stream()).failures).toBe(1));
    server.answer = null;
    later(MINUTE_MS);
    await has("one", "two", "two");
    expect(namesIn(server.final(TABLE))).toEqual(["one", "two"]);
  });

  it("comes anew from the oldest on where the table has gone, whatever dies when", async () => {
    start();
    await record(null, "one", "two");
    await has("one", "two");
    server.drop(TABLE);
    await record(null, "three");
    await eventually(async () => expect((await stream()).lastError).toContain("UNKNOWN_TABLE"));
    later(MINUTE_MS);
    await has("one", "two", "three");
  });

  it("is left to processes that know where ClickHouse is", async () => {
    await record(null, "one");
    const ignorant = start(null);
    await test.database.sql.query("SELECT pg_sleep(0.05)");
    await ignorant.stop();
    expect(await stream()).toMatchObject({ position: 0n, failures: 0, leasedUntil: null });
    start();
    await has("one");
  });

  it("ends with the variable, goes on with it, and begins anew once the stream was deleted", async () => {
    const loop = start();
    await record(null, "one");
    await has("one");
    await eventually(async () => expect((await stream()).position).toBe(1n));
    await adoptClickhouse(test.database, null);
    await record(null, "two");
    await loop.stop();
    expect(namesIn(server.rows(TABLE))).toEqual(["one"]);
    start();
    await adoptClickhouse(test.database, { type: "clickhouse", url: server.url, database: "audit" });
    await has("one", "two");
    await eventually(async () => expect((await stream()).position).toBe(2n));
    const { id } = await stream();
    const recorded: EventDraft[] = [];
    await test.database.prisma.$transaction((tx) =>
      deleteStream(
        { tx, sql: test.database.sql, record: (event: EventDraft) => recorded.push(event) },
        { id, organizationId: null },
      ),
    );
    expect(recorded).toMatchObject([{ before: { type: "clickhouse", name: "ClickHouse" } }]);
    await adoptClickhouse(test.database, { type: "clickhouse", url: server.url, database: "audit" });
    await has("one", "two", "one", "two");
    expect(namesIn(server.final(TABLE))).toEqual(["one", "two"]);
  });
});

describe("what is taken out here goes there, too", () => {
  const text = () => JSON.stringify(server.rows(TABLE));

  it("a person's values, also where two erasures meet one event, and a batch was sent twice", async () => {
    const acme = await organization("acme");
    const loop = start();
    server.answer = "lost";
    await record(acme, "Ada and Bob", "Cleo");
    await eventually(async () => expect((await stream()).failures).toBeGreaterThan(0));
    server.answer = null;
    later(10 * MINUTE_MS);
    await eventually(async () => expect((await stream()).position).toBe(2n));
    await loop.stop();
    await erase(acme, ["Ada and Bob"], { name: "[erased] and Bob" });
    await erase(acme, ["Ada and Bob"], { name: "[erased] and [erased]" });
    expect(await changes()).toBe(2);
    start();
    later(2 * MINUTE_MS);
    await eventually(async () => expect(await changes()).toBe(0));
    expect(text()).not.toMatch(/name\\":\\"(Ada|\[erased\] and Bob)/);
    expect(server.final(TABLE).map(({ after, ip }) => [after, ip])).toEqual(
      expect.arrayContaining([
        ['{"name":"[erased] and [erased]"}', ""],
        ['{"name":"Cleo"}', "192.0.2.1"],
      ]),
    );
    expect(server.final(TABLE)).toHaveLength(2);
    // And again, whatever was sent first.
    await erase(acme, ["Ada and Bob"], { name: "[erased]" });
    later(2 * MINUTE_MS);
    await eventually(async () => expect(await changes()).toBe(0));
    expect(text()).not.toContain("and [erased]");
  });

  it("what was erased before it could be sent, and is erased once only for many changes", async () => {
    const acme = await organization("acme");
    const names = Array.from({ length: 30 }, (_, n) => `person ${n}`);
    await record(acme, ...names);
    for (const name of names) {
      await erase(acme, [name], { name: "[erased]" });
    }
    later(2 * MINUTE_MS);
    start();
    await eventually(async () => expect(await changes()).toBe(0));
    await eventually(async () => expect((await stream()).position).toBe(30n));
    expect(server.final(TABLE).map(({ after }) => after)).toEqual(names.map(() => '{"name":"[erased]"}'));
    expect(server.statements.filter((statement) => statement.includes(" DELETE "))).toHaveLength(1);
  });

  it("what an organization keeps no longer, and an organization that is deleted, and nothing of others", async () => {
    const [acme, bravo] = [await organization("acme"), await organization("bravo")];
    start();
    await record(acme, "a1");
    await record(bravo, "b1");
    await has("a1", "b1");
    await setRetention(test.database.sql, acme, {
      deletedPeople: null,
      loginRecords: 30,
      scimRequests: 30,
      sessions: 30,
      auditEvents: 1,
    });
    const inAWeek = new Date(Date.now() + 7 * 24 * 60 * MINUTE_MS);
    await test.database.transaction((sql) => deleteOldEvents(sql, inAWeek, 1_000));
    await record(acme, "a2");
    await has("a1", "b1", "a2");
    later(2 * MINUTE_MS);
    await has("b1", "a2");
    await test.database.transaction(async (sql) => {
      await sql.query("DELETE FROM organizations WHERE id = $1::uuid", [bravo]);
      await forgetEvents(sql, bravo);
    });
    later(2 * MINUTE_MS);
    await has("a2");
    await eventually(async () => expect(await changes()).toBe(0));
  });

  it("once the server is back, whatever failed first", async () => {
    const acme = await organization("acme");
    start();
    await record(acme, "Ada");
    await has("Ada");
    await eventually(async () => expect((await stream()).position).toBe(1n));
    server.answer = "lost";
    await erase(acme, ["Ada"], { name: "[erased]" });
    later(2 * MINUTE_MS);
    await eventually(async () => expect((await stream()).failures).toBe(1));
    expect(await changes()).toBe(1);
    server.answer = null;
    later(MINUTE_MS);
    await eventually(async () => expect(await changes()).toBe(0));
    expect(server.final(TABLE)).toMatchObject([{ after: '{"name":"[erased]"}' }]);
    expect(text()).not.toContain('"name\\":\\"Ada');
  });
});
