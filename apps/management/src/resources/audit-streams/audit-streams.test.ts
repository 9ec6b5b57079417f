import { adoptClickhouse, type Destination, takeStreams } from "@sallyport/audit-streams";
import { fillOutbox } from "@sallyport/events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { auditStream } from "./schema.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
}, 60_000);
afterAll(() => api.close());

const SPLUNK = { type: "splunk", url: "https://splunk.example.com:8088" };
const S3 = {
  ...{ type: "s3", endpoint: "https://s3.eu-central-1.amazonaws.com", region: "eu-central-1" },
  ...{ bucket: "audit", prefix: "logs/sallyport/", accessKeyId: "AKIDEXAMPLE" },
};
const create = (destination: object, more: object = { secret: "tok-3n" }, operation = "createAuditStream") =>
  api.call(operation, { params: { org: "acme" }, body: { name: "SIEM", destination, ...more } });
const made = async (destination: object, more?: object) => (await create(destination, more)).as(auditStream);
const update = (auditStreamId: string, body: object) =>
  api.call("updateAuditStream", { params: { org: "acme", auditStreamId }, body });
const remove = (auditStreamId: string) =>
  api.call("deleteAuditStream", { params: { org: "acme", auditStreamId } });

it("keeps the secret sealed, shows it to nobody, and tells of the host alone", async () => {
  const stream = await made({ type: "http", url: "https://siem.example.com/in?key=abc" });
  expect(stream).toMatchObject({ hasSecret: true, enabled: true, delivered: 0, failingSince: null });
  expect(JSON.stringify(stream)).not.toContain("tok-3n");
  const { id } = stream;
  const row = await api.deps.database.prisma.auditStream.findUniqueOrThrow({ where: { id } });
  expect(row.secret).not.toContain("tok-3n");
  const events = await api.deps.database.prisma.event.findMany({ where: { resourceId: id } });
  expect(events.map(({ type, after }) => [type, after])).toEqual([
    ["audit_stream.created", { name: "SIEM", type: "http", host: "siem.example.com", enabled: true }],
  ]);
  const now = new Date();
  const leasedUntil = new Date(now.getTime() + 1_000);
  const [taken] = await takeStreams(api.deps.database.sql, api.deps.secrets, { ids: [id], now, leasedUntil });
  expect(taken?.secret()).toBe("tok-3n");
  await remove(id);
});

it("shows what was not delivered yet", async () => {
  const { id } = await made(SPLUNK);
  await api.call("testAuditStream", { params: { org: "acme", auditStreamId: id } });
  await fillOutbox(api.deps.database);
  const { body } = await api.call("getAuditStream", { params: { org: "acme", auditStreamId: id } });
  const { lag } = auditStream.parse(body);
  expect(lag.events).toBeGreaterThanOrEqual(2); // that it was made, and the test
  expect(Date.parse(lag.since ?? "")).toBeGreaterThan(Date.now() - 60_000);
  await remove(id);
});

it.each<[string, object, object]>([
  ["plain http", { ...SPLUNK, url: "http://splunk.example.com" }, { secret: "s" }],
  [
    "a path where there must be none",
    { ...SPLUNK, url: "https://splunk.example.com/services" },
    { secret: "s" },
  ],
  ["credentials in a URL", { type: "http", url: "https://a:b@siem.example.com" }, {}],
  ["no secret where one is needed", SPLUNK, {}],
  ["a secret of more than a header's value", SPLUNK, { secret: "a\r\nx-admin: 1" }],
  ["an unknown site", { type: "datadog", site: "evil.example" }, { secret: "s" }],
  ["an unknown kind", { type: "ftp", url: "https://siem.example.com" }, {}],
  ["a bucket that leads elsewhere", { ...S3, bucket: "../other" }, { secret: "s" }],
  ["a prefix that leads elsewhere", { ...S3, prefix: "../" }, { secret: "s" }],
  ["a prefix that is signed in two ways", { ...S3, prefix: "a b+c/" }, { secret: "s" }],
  ["a field of another kind", { ...SPLUNK, bucket: "audit" }, { secret: "s" }],
])("refuses %s", async (_what, destination, more) => {
  expect((await create(destination, more)).outcome).toEqual([400, "input_invalid"]);
});

it("has a secret sent to no other host than it was given for", async () => {
  const { id } = await made(SPLUNK);
  const elsewhere = { ...SPLUNK, url: "https://evil.example.com" };
  expect((await update(id, { destination: elsewhere })).outcome).toEqual([400, "audit_stream_secret_needed"]);
  expect((await update(id, { secret: null })).outcome).toEqual([400, "audit_stream_secret_needed"]);
  expect((await update(id, { destination: S3, secret: "s" })).outcome).toEqual([
    409,
    "audit_stream_type_fixed",
  ]);
  expect((await update(id, { destination: { ...SPLUNK, index: "audit" } })).status).toBe(200);
  expect((await update(id, { destination: elsewhere, secret: "other" })).status).toBe(200);
  const events = await api.deps.database.prisma.event.findMany({
    where: { resourceId: id },
    orderBy: { serial: "asc" },
  });
  expect(events.at(-1)).toMatchObject({
    type: "audit_stream.updated",
    before: { host: "splunk.example.com:8088" },
    after: { host: "evil.example.com", secretReplaced: true },
  });
  await remove(id);
});

it("takes twenty of an organization", async () => {
  const all = (await api.call("listAuditStreams", { params: { org: "acme" } })).body as {
    items: { id: string }[];
  };
  for (let n = all.items.length; n < 20; n++) {
    await made(SPLUNK);
  }
  expect((await create(SPLUNK)).outcome).toEqual([409, "audit_streams_too_many"]);
  // Those of all organizations are counted apart.
  expect((await create(SPLUNK, { secret: "s" }, "createGatewayAuditStream")).status).toBe(201);
});

it("keeps an organization's streams and those of all apart", async () => {
  const { auditStreamId, gatewayAuditStreamId } = acme;
  const get = (operation: string, params: Record<string, string>) => api.call(operation, { params });
  expect((await get("getGatewayAuditStream", { gatewayAuditStreamId: auditStreamId })).outcome).toEqual([
    404,
    "gateway_audit_stream_not_found",
  ]);
  expect((await get("getAuditStream", { org: "acme", auditStreamId: gatewayAuditStreamId })).outcome).toEqual(
    [404, "audit_stream_not_found"],
  );
  expect((await api.call("listGatewayAuditStreams", { key: acme.key })).outcome).toEqual([
    403,
    "key_scope_insufficient",
  ]);
});

it("takes each kind of destination", async () => {
  const kinds: readonly Destination["type"][] = ["splunk", "datadog", "http", "s3"];
  const bodies = [SPLUNK, { type: "datadog", site: "datadoghq.eu" }, { type: "http", url: SPLUNK.url }, S3];
  for (const [index, body] of bodies.entries()) {
    const reply = await create(body, { secret: "s" }, "createGatewayAuditStream");
    expect(reply.as(auditStream).destination).toMatchObject({ ...body, type: kinds[index] });
  }
});

it("shows the stream that the environment makes, to the gateway's keys alone, and has it changed there", async () => {
  const { database } = api.deps;
  const destination = {
    type: "clickhouse",
    url: "https://clickhouse.internal:8443",
    database: "audit",
  } as const;
  await adoptClickhouse(database, destination);
  const shown = async () => {
    const { items } = (await api.call("listGatewayAuditStreams")).as(
      z.object({ items: z.array(auditStream) }),
    );
    return items.find((one) => one.destination.type === "clickhouse");
  };
  const stream = await shown();
  expect(stream).toMatchObject({ name: "ClickHouse", destination, enabled: true, hasSecret: false });
  const gatewayAuditStreamId = stream?.id ?? "";
  const of = { params: { gatewayAuditStreamId } };
  const change = (body: object) => api.call("updateGatewayAuditStream", { ...of, body });
  const remove = () => api.call("deleteGatewayAuditStream", of);
  const refused = [409, "audit_stream_of_environment"];
  expect((await change({ enabled: false })).outcome).toEqual(refused);
  expect((await change({ destination: SPLUNK, secret: "s" })).outcome).toEqual(refused);
  expect((await remove()).outcome).toEqual(refused);
  const ofAcme = { params: { org: "acme", auditStreamId: gatewayAuditStreamId } };
  expect((await api.call("getAuditStream", ofAcme)).outcome).toEqual([404, "audit_stream_not_found"]);
  expect((await api.call("deleteAuditStream", ofAcme)).outcome).toEqual([404, "audit_stream_not_found"]);
  expect((await create(destination, {})).outcome).toEqual([400, "input_invalid"]);
  expect((await create(destination, {}, "createGatewayAuditStream")).outcome).toEqual([400, "input_invalid"]);
  await adoptClickhouse(database, null);
  expect((await change({ enabled: true })).outcome).toEqual(refused);
  expect(await shown()).toMatchObject({ enabled: false });
  expect((await remove()).status).toBe(204);
  expect(await shown()).toBeUndefined();
});
