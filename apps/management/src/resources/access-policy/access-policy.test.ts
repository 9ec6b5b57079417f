import { afterAll, beforeAll, expect, it } from "vitest";
import { accessPlan } from "../../api/plan.ts";
import { startApi, type TestApi } from "../../testing/api.ts";
import { expectToWaitForReconciler } from "../../testing/people-lock.ts";
import { createWorld, insertApiKey, insertDirectoryMember, type World } from "../../testing/world.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());

const params = { org: "acme" };
const get = async () => (await api.call("getAccessPolicy", { params })).body;
const patch = (body: unknown, key?: string) =>
  api.call("updateAccessPolicy", { params, body, ...(key === undefined ? {} : { key }) });

it("is empty at first, with the use of seats", async () => {
  expect(await get()).toMatchObject({
    defaultRole: null,
    directories: { order: [], roles: "all" },
    seats: { limit: null, atLimit: "hold", waiting: 0 },
  });
});

it("changes what is given, tells it, and wakes the reconciler", async () => {
  api.reconciled.length = 0;
  const reply = await patch({
    defaultRole: "editor",
    directories: { order: [acme.directoryId], roles: "first" },
    seats: { limit: 500 },
  });
  expect(reply.body).toMatchObject({
    defaultRole: "editor",
    directories: { order: [acme.directoryId], roles: "first" },
    seats: { limit: 500, atLimit: "hold" },
  });
  expect(await get()).toEqual(reply.body);
  expect(api.reconciled).toEqual([acme.organizationId]);
  const event = await api.deps.database.prisma.event.findFirstOrThrow({
    where: { type: "access_policy.updated" },
  });
  expect(event).toMatchObject({
    before: { defaultRole: null, directoryOrder: [], seatLimit: null },
    after: { defaultRole: "editor", rolesFromDirectories: "first", seatLimit: 500, atSeatLimit: "hold" },
  });
  api.reconciled.length = 0;
  await patch({ defaultRole: "editor" });
  expect(api.reconciled).toEqual([]);
  await patch({ defaultRole: null, directories: { order: [] }, seats: null });
  expect(await get()).toMatchObject({ defaultRole: null, seats: { limit: null } });
});

it.each([
  ["a role that there is not", { defaultRole: "pilot" }, "role_unknown", "defaultRole"],
  [
    "a directory that there is not",
    { directories: { order: ["0198c5b0-0000-7000-8000-000000000000"] } },
    "directory_unknown",
    "directories.order.0",
  ],
  ["less than no seat", { seats: { limit: -1 } }, "input_invalid", "seats.limit"],
  ["what is no field", { quota: 1 }, "input_invalid", "(body)"],
])("refuses %s by its field", async (_name, body, code, field) => {
  const reply = await patch(body);
  expect(reply.outcome).toEqual([400, code]);
  expect(reply.body).toMatchObject({ errors: [{ field }] });
  expect((await api.call("planAccessPolicy", { params, body })).outcome).toEqual([400, code]);
});

it("knows no directory of another organization", async () => {
  const bravo = await createWorld(api, "bravo");
  const reply = await patch({ directories: { order: [bravo.directoryId] } });
  expect(reply.outcome).toEqual([400, "directory_unknown"]);
});

it("has an organization's own key see its seats, and never set them", async () => {
  expect((await patch({ seats: { limit: 1_000_000 } }, acme.key)).outcome).toEqual([
    403,
    "key_scope_insufficient",
  ]);
  expect((await patch({ seats: null }, acme.key)).outcome).toEqual([403, "key_scope_insufficient"]);
  const limited = await insertApiKey(api, { permissions: ["access_policy.write"] });
  expect((await patch({ seats: null }, limited.key)).outcome).toEqual([403, "permission_missing"]);
  expect((await patch({ defaultRole: null }, acme.key)).status).toBe(200);
});

it("keeps the default role from being deleted", async () => {
  const role = { key: "temporary", name: "Temporary" };
  const { id } = (await api.call("createRole", { params, body: role })).body as { id: string };
  await patch({ defaultRole: "temporary" });
  const remove = () => api.call("deleteRole", { params: { ...params, roleId: id } });
  expect((await remove()).outcome).toEqual([409, "role_is_default"]);
  await patch({ defaultRole: null });
  expect((await remove()).status).toBe(204);
});

it("refuses to add or activate a member beyond the seats", async () => {
  const used = await api.deps.database.prisma.membership.count({
    where: { organizationId: acme.organizationId, status: "active" },
  });
  await patch({ seats: { limit: used } });
  const added = await api.call("addMember", { params, body: { email: "more@elsewhere.com" } });
  expect(added.outcome).toEqual([409, "seat_limit_reached"]);
  await patch({ seats: { limit: used + 1 } });
  expect((await api.call("addMember", { params, body: { email: "more@elsewhere.com" } })).status).toBe(201);
  await patch({ seats: null });
});

it("plans who gains and loses, and changes nothing", async () => {
  await insertDirectoryMember(api, acme, { email: "planned@acme.com", group: "Planned" });
  const plan = (await api.call("planAccessPolicy", { params, body: { defaultRole: "editor" } })).as(
    accessPlan,
  );
  expect(plan.items.find(({ email }) => email === "planned@acme.com")).toMatchObject({ gains: ["editor"] });
  expect(await get()).toMatchObject({ defaultRole: null });
});

it("waits for the reconciler's batch, so that neither passes the other over", () =>
  expectToWaitForReconciler(api, acme.organizationId, () => patch({ defaultRole: "admin" })));
