import { newId } from "@sallyport/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pageOf } from "../../api/page.ts";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { createdDirectory } from "../directories/schema.ts";
import { scimRequest } from "./schema.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  await api.deps.database.prisma.scimRequest.deleteMany();
  const requests = [
    ["POST", "/Users", 201],
    ["POST", "/Users", 409],
    ["GET", "/Users", 200],
  ] as const;
  for (const [method, path, status] of requests) {
    await api.deps.database.prisma.scimRequest.create({
      data: {
        id: newId(),
        organizationId: acme.organizationId,
        directoryId: acme.directoryId,
        requestId: newId(),
        ...{ method, path, status, latencyMs: 1.5 },
        ...(method === "POST" ? { requestBody: { userName: "ann" } } : {}),
      },
    });
  }
});
afterAll(() => api.close());

const list = async (query: Record<string, string> = {}) => {
  const params = { org: "acme", directoryId: acme.directoryId };
  const { body } = await api.call("listScimRequests", { params, query });
  return (body as { items: { method: string; status: number; requestBody: unknown }[] }).items;
};

it("lists what the client asked and was answered, the newest first", async () => {
  expect(await list()).toMatchObject([
    { method: "GET", status: 200, requestBody: null, changed: null },
    { method: "POST", status: 409 },
    { method: "POST", status: 201, requestBody: { userName: "ann" }, latencyMs: 1.5 },
  ]);
});

it("filters by method, status and time", async () => {
  expect(await list({ method: "POST", status: "409" })).toHaveLength(1);
  expect(await list({ method: "DELETE" })).toEqual([]);
  expect(await list({ since: "2000-01-01T00:00:00Z", until: "2000-01-02T00:00:00Z" })).toEqual([]);
});

it("finds requests by class of status, path, request id, and what they changed", async () => {
  const { prisma, sql } = api.deps.database;
  const [user, group] = [newId(), newId()];
  const where = { organizationId: acme.organizationId, directoryId: acme.directoryId };
  await prisma.directoryUser.create({
    data: { id: user, ...where, userName: "bo", userNameKey: "bo", resource: {} },
  });
  await prisma.directoryGroup.create({
    data: { id: group, ...where, displayName: "G", displayNameKey: "g", resource: {} },
  });
  const data = { ...where, method: "PATCH", path: `/Groups/${group}?x=1`, status: 204, latencyMs: 1 };
  const { organizationId } = acme;
  await prisma.dirtyDirectoryUser.create({ data: { organizationId, directoryUserId: user } });
  await prisma.dirtyDirectoryGroup.create({ data: { organizationId, directoryGroupId: group } });
  await prisma.scimRequest.create({
    data: { ...data, id: newId(), requestId: "request-7", changed: { users: [user], groups: [group] } },
  });

  expect((await list({ status: "4xx" })).map(({ status }) => status)).toEqual([409]);
  expect(await list({ path: "/Groups/" })).toHaveLength(1);
  expect(await list({ requestId: "request-7" })).toHaveLength(1);
  expect(await list({ resourceId: user })).toMatchObject([{ method: "PATCH", reconciled: false }]);
  expect(await list({ resourceId: newId() })).toEqual([]);

  await prisma.dirtyDirectoryUser.deleteMany({ where: { directoryUserId: user } });
  expect(await list({ resourceId: group })).toMatchObject([{ reconciled: false }]);
  await prisma.dirtyDirectoryGroup.deleteMany({ where: { directoryGroupId: group } });
  expect(await list({ resourceId: group })).toMatchObject([{ reconciled: true }]);
  // Deleted users are gone once they were seen.
  await sql.query("DELETE FROM directory_users WHERE id = $1", [user]);
  expect(await list({ resourceId: user })).toMatchObject([{ reconciled: true }]);
  expect(await list({ method: "GET" })).toMatchObject([{ reconciled: null }]);
});

it.each([
  { method: "post" },
  { status: "99" },
  { status: "abc" },
  { status: "6xx" },
  { resourceId: "x" },
  { path: "" },
  { since: "x" },
])("refuses %j", async (query) => {
  const params = { org: "acme", directoryId: acme.directoryId };
  const reply = await api.call("listScimRequests", {
    params,
    query: { ...query } as Record<string, string>,
  });
  expect(reply.outcome).toEqual([400, "input_invalid"]);
});

it("gets one by its id, of its own directory alone", async () => {
  const params = { org: "acme", directoryId: acme.directoryId };
  const items = (await api.call("listScimRequests", { params })).as(pageOf(scimRequest)).items;
  for (const item of items) {
    const one = await api.call("getScimRequest", { params: { ...params, scimRequestId: item.id } });
    expect(one.as(scimRequest)).toEqual(item);
  }
  const { id: other } = (
    await api.call("createDirectory", { params: { org: "acme" }, body: { name: "Other" } })
  ).as(createdDirectory);
  const foreign = await api.call("getScimRequest", {
    params: { org: "acme", directoryId: other, scimRequestId: items[0]?.id ?? "" },
  });
  expect(foreign.outcome).toEqual([404, "scim_request_not_found"]);
});
