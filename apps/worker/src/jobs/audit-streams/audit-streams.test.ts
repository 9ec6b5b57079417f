import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CollectorDestination, createStream, deleteStream } from "@sallyport/audit-streams";
import { asDatadog, asSplunk, type Collector, startCollector } from "@sallyport/audit-streams/testing";
import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { type Event, type EventDraft, fillOutbox, recordEvents } from "@sallyport/events";
import { createLogger } from "@sallyport/logging";
import { createOutbound } from "@sallyport/outbound";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import S3rver from "s3rver";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunningLoop, startLoop } from "../../loop.ts";
import { auditStreamsLoop } from "./job.ts";

const MINUTE_MS = 60_000;
const log = createLogger({ level: "silent" });
const secrets = createSecretBox([newEncryptionKey()]);
const outbound = createOutbound({ allow: ["127.0.0.0/8"], timeoutMs: 1_000 });

let test: TestDatabase;
let acme: string;
let clock: Date;
let ends: (() => Promise<unknown>)[];

beforeEach(async () => {
  test = await createTestDatabase();
  ends = [() => test.drop()];
  clock = new Date();
  acme = await organization("acme");
});
afterEach(async () => {
  for (const end of ends.toReversed()) {
    await end();
  }
});

async function organization(slug: string): Promise<string> {
  const id = newId();
  await test.database.prisma.organization.create({ data: { id, slug, name: slug } });
  return id;
}

async function collector(judge: Parameters<typeof startCollector>[0]): Promise<Collector> {
  const one = await startCollector(judge);
  ends.push(() => one.close());
  return one;
}
const taking = () => collector(() => [204]);

function start(deliveryOutbound = outbound): RunningLoop {
  const services = { database: test.database, secrets, deliveryOutbound, log, now: () => clock };
  const loop = startLoop({ ...auditStreamsLoop, everyMs: 5 }, services, log);
  ends.push(() => loop.stop());
  return loop;
}

const fact = (organizationId: string | null, name: string): Event => ({
  organizationId,
  type: "domain.created",
  actor: { type: "system" },
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

/** Whose `audit_stream.created` is in no test's way: it is recorded nowhere. */
async function add(
  destination: CollectorDestination,
  { secret = null, organizationId = acme, fromBeginning = false }: Partial<Adding> = {},
): Promise<string> {
  const { id } = await test.database.prisma.$transaction((tx) =>
    createStream({ tx, sql: test.database.sql, record: (_event: EventDraft) => undefined }, secrets, {
      organizationId,
      name: "SIEM",
      destination,
      secret,
      fromBeginning,
    }),
  );
  return id;
}
interface Adding {
  readonly secret: string | null;
  readonly organizationId: string | null;
  readonly fromBeginning: boolean;
}

interface Told {
  readonly type: string;
  readonly sequence: number;
  readonly resource: { readonly id: string };
}
const linesOf = ({ taken }: Collector): Told[] =>
  taken.flatMap(({ body }) =>
    body
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Told),
  );
const namesAt = (one: Collector) =>
  linesOf(one)
    .filter(({ type }) => type === "domain.created")
    .map(({ resource }) => resource.id);
const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 10_000, interval: 10 });
const streamOf = (id: string) => test.database.prisma.auditStream.findUniqueOrThrow({ where: { id } });
const typesOf = async (id: string) =>
  (await test.database.prisma.event.findMany({ where: { resourceId: id }, orderBy: { serial: "asc" } })).map(
    ({ type }) => type,
  );

describe("what is sent", () => {
  it("is what a Splunk HTTP Event Collector takes", async () => {
    const splunk = await collector(asSplunk("token"));
    await add({ type: "splunk", url: splunk.url, index: "audit" }, { secret: "token" });
    start();
    await record(acme, "one", "two");
    await eventually(() => expect(splunk.taken).toHaveLength(1));
    const events = splunk.taken[0]?.body.split("\n").map((line) => JSON.parse(line)) ?? [];
    expect(events).toMatchObject([
      {
        time: expect.any(Number),
        index: "audit",
        sourcetype: "sallyport:audit",
        event: { type: "domain.created", organizationId: acme, sequence: 1, after: { name: "one" } },
      },
      { event: { sequence: 2 } },
    ]);
    expect(Math.abs(events[0].time - Date.now() / 1_000)).toBeLessThan(60);
  });

  it("is what Datadog's log intake takes", async () => {
    const datadog = await collector(asDatadog("key"));
    await add(
      { type: "datadog", site: "datadoghq.eu", url: datadog.url, tags: "env:test" },
      { secret: "key" },
    );
    start();
    await record(acme, "one");
    await eventually(() => expect(datadog.taken).toHaveLength(1));
    expect(JSON.parse(datadog.taken[0]?.body ?? "")).toMatchObject([
      {
        ddsource: "sallyport",
        ddtags: "env:test",
        evt: { name: "domain.created", outcome: "success" },
        event: { after: { name: "one" } },
      },
    ]);
  });

  it("is JSON lines to any other, with the header that it asks for, the same at each attempt", async () => {
    const http = await taking();
    http.answer = [500];
    const id = await add({ type: "http", url: `${http.url}/in?x=1` }, { secret: "Bearer abc" });
    start();
    await record(acme, "one", "two");
    await eventually(async () => expect((await streamOf(id)).failures).toBe(1));
    http.answer = null;
    clock = new Date(clock.getTime() + MINUTE_MS);
    await eventually(() => expect(namesAt(http)).toEqual(["one", "two"]));
    expect(http.taken[0]).toMatchObject({
      path: "/in?x=1",
      headers: {
        authorization: "Bearer abc",
        "content-type": "application/x-ndjson",
        "idempotency-key": expect.stringMatching(/^"[0-9a-f-]{36}\/1-2"$/),
      },
    });
  });

  it("is an object a batch in an S3-compatible store", async () => {
    const directory = await mkdtemp(join(tmpdir(), "audit-streams-"));
    const store = new S3rver({
      ...{ port: 0, address: "127.0.0.1", silent: true, directory, resetOnClose: true },
      configureBuckets: [{ name: "audit", configs: [] }],
    });
    const { port } = await store.run();
    ends.push(() => rm(directory, { recursive: true }));
    ends.push(() => store.close());
    const bucket: CollectorDestination = {
      ...{ type: "s3", endpoint: `http://127.0.0.1:${port}`, region: "eu-central-1", bucket: "audit" },
      ...{ prefix: "sallyport/", accessKeyId: "S3RVER" },
    };
    const right = await add(bucket, { secret: "S3RVER" });
    const stranger = await add({ ...bucket, accessKeyId: "nobody" }, { secret: "S3RVER" });
    start();
    await record(acme, "one", "two");
    await eventually(async () => expect((await streamOf(right)).position).toBe(2n));
    const day = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
    const folder = join(directory, "audit/sallyport", acme, day);
    const [name = ""] = (await readdir(folder)).filter((file) => file.endsWith("_object"));
    expect(name).toContain("000000000000001-000000000000002.ndjson");
    const lines = (await readFile(join(folder, name), "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as Told).resource.id)).toEqual(["one", "two"]);
    await eventually(async () =>
      expect(await streamOf(stranger)).toMatchObject({
        position: 0n,
        lastStatus: 403,
        lastError: expect.stringContaining("InvalidAccessKeyId"),
      }),
    );
  });
});

describe("a stream", () => {
  it("has its organization's events alone, from when it was made or from the beginning", async () => {
    const bravo = await organization("bravo");
    await record(acme, "before");
    const [later, all] = [await taking(), await taking()];
    await add({ type: "http", url: later.url });
    await add({ type: "http", url: all.url }, { fromBeginning: true });
    start();
    await record(bravo, "foreign");
    await record(null, "of nobody");
    await record(acme, "after");
    await eventually(() => expect(namesAt(later)).toEqual(["after"]));
    await eventually(() => expect(namesAt(all)).toEqual(["before", "after"]));
  });

  it("of all organizations has all of them, in one order, also past those of an organization that is gone", async () => {
    const bravo = await organization("bravo");
    const one = await taking();
    one.answer = [500];
    const id = await add({ type: "http", url: one.url }, { organizationId: null });
    start();
    await record(acme, "1");
    await record(null, "2");
    await eventually(() => expect(one.requests.count).toBeGreaterThan(0));
    await record(bravo, "3");
    await test.database.sql.query("DELETE FROM outbox WHERE organization_id = $1::uuid", [bravo]);
    await test.database.prisma.organization.delete({ where: { id: bravo } });
    one.answer = null;
    clock = new Date(clock.getTime() + MINUTE_MS);
    await eventually(() => expect(namesAt(one)).toEqual(["1", "2"]));
    await record(acme, "4");
    await eventually(() => expect(namesAt(one)).toEqual(["1", "2", "4"]));
    expect(await typesOf(id)).toEqual([]);
  });

  it("sends many events in batches, in order, each once", async () => {
    const one = await taking();
    const id = await add({ type: "http", url: one.url });
    const names = Array.from({ length: 1_700 }, (_, n) => `${n}`);
    await record(acme, ...names);
    start();
    start();
    start();
    await eventually(() => expect(namesAt(one)).toEqual(names));
    expect(one.taken.length).toBe(4);
    await eventually(async () => expect((await streamOf(id)).delivered).toBe(1_700n));
  });

  it("is held by what fails, keeps everything, and tells when that lasts and when it is over", async () => {
    const one = await taking();
    one.answer = [503, "busy"];
    const id = await add({ type: "http", url: one.url });
    start();
    await record(acme, "one");
    await eventually(async () => expect((await streamOf(id)).lastError).toContain("503: busy"));
    for (let minute = 0; minute < 20; minute++) {
      const before = one.requests.count;
      clock = new Date(clock.getTime() + 7 * MINUTE_MS);
      await eventually(() => expect(one.requests.count).toBeGreaterThan(before));
      await eventually(async () => expect((await streamOf(id)).leasedUntil).toBeNull());
    }
    await record(acme, "two");
    expect(await typesOf(id)).toEqual(["audit_stream.failing"]);
    one.answer = null;
    clock = new Date(clock.getTime() + 10 * MINUTE_MS);
    await eventually(() => expect(namesAt(one)).toEqual(["one", "two"]));
    await eventually(async () =>
      expect(await typesOf(id)).toEqual(["audit_stream.failing", "audit_stream.recovered"]),
    );
    expect(await streamOf(id)).toMatchObject({ failures: 0, failingSince: null, lastError: null });
  });

  it("goes on behind events that were deleted first, and says so", async () => {
    const one = await taking();
    one.answer = [500];
    const id = await add({ type: "http", url: one.url });
    start();
    await record(acme, "1", "2", "3");
    await eventually(() => expect(one.requests.count).toBe(1));
    await test.database.sql.query("DELETE FROM events WHERE resource_id IN ('1', '2')");
    one.answer = null;
    clock = new Date(clock.getTime() + MINUTE_MS);
    await eventually(() => expect(namesAt(one)).toEqual(["3"]));
    expect(await typesOf(id)).toEqual(["audit_stream.events_missed"]);
    expect(await test.database.prisma.event.findFirst({ where: { resourceId: id } })).toMatchObject({
      data: { after: 0, before: 3 },
    });
  });

  it("of a process that was killed is sent by another, when its lease ends", async () => {
    const [hanging, quick] = [await taking(), await taking()];
    hanging.answer = "hang";
    const id = await add({ type: "http", url: hanging.url });
    await record(acme, "one");
    const slow = createOutbound({ allow: ["127.0.0.0/8"], timeoutMs: 600_000 });
    const killed = start(slow);
    await eventually(() => expect(hanging.requests.count).toBe(1));
    // Whoever was killed gives nothing back.
    const { leasedUntil } = await streamOf(id);
    await killed.stop();
    await test.database.prisma.auditStream.update({
      where: { id },
      data: { leasedUntil, destination: { type: "http", url: quick.url } },
    });
    start();
    await record(acme, "two");
    expect(quick.requests.count).toBe(0);
    clock = new Date(clock.getTime() + 2 * MINUTE_MS);
    await eventually(() => expect(namesAt(quick)).toEqual(["one", "two"]));
  });

  it("is not held up by others that are known to hang", async () => {
    const hanging = await taking();
    hanging.answer = "hang";
    for (let n = 0; n < 100; n++) {
      await add({ type: "http", url: `${hanging.url}/${n}` });
    }
    await test.database.prisma.auditStream.updateMany({ data: { failingSince: clock } });
    const one = await taking();
    await add({ type: "http", url: one.url });
    start(createOutbound({ allow: ["127.0.0.0/8"], timeoutMs: 600_000 }));
    await record(acme, "one");
    await eventually(() => expect(namesAt(one)).toEqual(["one"]));
  });

  it("sends nothing once it is disabled or deleted", async () => {
    const one = await taking();
    const [disabled, deleted] = [
      await add({ type: "http", url: one.url }),
      await add({ type: "http", url: one.url }),
    ];
    await test.database.prisma.auditStream.update({ where: { id: disabled }, data: { enabled: false } });
    const recorded: EventDraft[] = [];
    await test.database.prisma.$transaction((tx) =>
      deleteStream(
        { tx, sql: test.database.sql, record: (event: EventDraft) => recorded.push(event) },
        { id: deleted, organizationId: acme },
      ),
    );
    expect(recorded).toMatchObject([{ type: "audit_stream.deleted", before: { type: "http" } }]);
    const other = await taking();
    await add({ type: "http", url: other.url });
    start();
    await record(acme, "one");
    await eventually(() => expect(namesAt(other)).toEqual(["one"]));
    expect(one.requests.count).toBe(0);
  });

  it("refuses private addresses and redirects", async () => {
    const inside = await taking();
    const outside = await collector(() => [302]);
    const refusing = createOutbound({ allow: [], timeoutMs: 1_000 });
    const ids = [await add({ type: "http", url: inside.url })];
    await record(acme, "one");
    const loop = start(refusing);
    await eventually(async () =>
      expect((await streamOf(ids[0] ?? "")).lastError).toContain("not a public address"),
    );
    await loop.stop();
    expect(inside.requests.count).toBe(0);
    const redirected = await add({ type: "http", url: outside.url });
    start();
    await record(acme, "two");
    await eventually(async () => expect((await streamOf(redirected)).lastError).toContain("redirect"));
  });
});
