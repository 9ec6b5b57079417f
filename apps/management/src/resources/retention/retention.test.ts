import { newId } from "@sallyport/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { retention, retentionPlan } from "./schema.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());

const PERIODS = { deletedPeople: 7, loginRecords: 14, scimRequests: 14, sessions: 14, auditEvents: 365 };
const params = { org: "acme" };
const replace = (change: object, key?: string) =>
  api.call("replaceRetention", {
    params,
    body: { ...PERIODS, ...change },
    ...(key === undefined ? {} : { key }),
  });

it("has defaults, is replaced as a whole, and reset", async () => {
  const get = async () => (await api.call("getRetention", { params })).as(retention);
  const usual = { deletedPeople: 30, loginRecords: 30, scimRequests: 30, sessions: 30, auditEvents: null };
  expect(await get()).toMatchObject({ ...usual, setBy: "default" });
  expect((await replace({}, acme.key)).as(retention)).toMatchObject({ ...PERIODS, setBy: "organization" });
  expect(await get()).toMatchObject({ ...PERIODS, setBy: "organization" });
  await api.call("resetRetention", { params });
  expect(await get()).toMatchObject({ ...usual, setBy: "default" });
});

it.each([
  ["auditEvents", 364],
  ["loginRecords", 366],
  ["scimRequests", 10_000],
])("lets nobody of the organization set %s to %i days, but an operator", async (kind, days) => {
  const refused = await replace({ [kind]: days }, acme.key);
  expect(refused.outcome).toEqual([400, "retention_out_of_bounds"]);
  expect(refused.body).toMatchObject({ errors: [{ field: kind }] });
  expect((await replace({ [kind]: days })).status).toBe(200);
});

it.each([
  { sessions: 0 },
  { auditEvents: 0 },
  { loginRecords: null },
  { deletedPeople: -1 },
  { sessions: 1.5 },
])("refuses %j of anybody", async (change) => {
  expect((await replace(change)).outcome).toEqual([400, "input_invalid"]);
});

it("is bounded as the operator says", async () => {
  const bounds = (await api.call("getRetention", { params })).as(retention).bounds;
  Object.assign(api.deps, { retentionBounds: { ...bounds, deletedPeople: { least: 0, most: 90 } } });
  expect((await replace({ deletedPeople: null }, acme.key)).body).toMatchObject({
    errors: [{ field: "deletedPeople" }],
  });
  expect((await replace({ deletedPeople: 91 }, acme.key)).body).toMatchObject({
    errors: [{ field: "deletedPeople" }],
  });
  expect((await replace({ deletedPeople: 90 }, acme.key)).status).toBe(200);
  Object.assign(api.deps, { retentionBounds: bounds });
});

it("says how much would go, and changes nothing", async () => {
  const { sql } = api.deps.database;
  for (const days of [10, 20, 40]) {
    const then = new Date(api.clock.now.getTime() - days * 86_400_000);
    await sql.query(
      `INSERT INTO login_records (id, organization_id, connection_id, request_id, outcome, steps, created_at)
       VALUES ($1, $2, $3, 'r', 'success', '[]', $4)`,
      [newId(), acme.organizationId, acme.connectionId, then],
    );
    await sql.query(
      `INSERT INTO scim_requests (id, organization_id, directory_id, request_id, method, path, status, latency_ms, created_at)
       VALUES ($1, $2, $3, 'r', 'GET', '/', 200, 1, $4)`,
      [newId(), acme.organizationId, acme.directoryId, then],
    );
    await sql.query("INSERT INTO erasures (user_id, organization_id, deleted_at) VALUES ($1, $2, $3)", [
      newId(),
      acme.organizationId,
      then,
    ]);
  }
  const plan = async (change: object) =>
    (await api.call("planRetention", { params, body: { ...PERIODS, ...change } })).as(retentionPlan);
  expect(await plan({ loginRecords: 15, scimRequests: 30, deletedPeople: 5 })).toMatchObject({
    deletedPeople: 3,
    loginRecords: 2,
    scimRequests: 1,
    sessions: 0,
    auditEvents: 0,
  });
  expect(await plan({ deletedPeople: null, auditEvents: null })).toMatchObject({
    deletedPeople: 0,
    auditEvents: 0,
  });
  expect(await api.deps.database.prisma.loginRecord.count()).toBe(4); // one is the world's
});
