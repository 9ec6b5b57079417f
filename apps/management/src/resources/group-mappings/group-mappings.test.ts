import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessPlan } from "../../api/plan.ts";
import { startApi, type TestApi } from "../../testing/api.ts";
import { expectToWaitForReconciler } from "../../testing/people-lock.ts";
import { createWorld, insertDirectoryMember, type World } from "../../testing/world.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());

const put = (body: unknown) => api.call("replaceGroupMappings", { params: { org: "acme" }, body });
const list = async () => (await api.call("listGroupMappings", { params: { org: "acme" } })).body;

/** The names of the groups that are marked for the reconciler. */
async function markedGroups(): Promise<string[]> {
  const { prisma } = api.deps.database;
  const marks = await prisma.dirtyDirectoryGroup.findMany();
  const ids = marks.map(({ directoryGroupId }) => directoryGroupId);
  const rows = await prisma.directoryGroup.findMany({ where: { id: { in: ids } } });
  return rows.map(({ displayName }) => displayName).toSorted();
}

describe("replaceGroupMappings", () => {
  it("replaces all", async () => {
    await put([
      { group: "Engineering", role: "admin" },
      { group: "Engineering", role: "editor" },
      { group: "Sales", role: "editor" },
    ]);
    const reply = await put([{ group: "Sales", role: "admin" }]);
    expect(reply.body).toEqual({ items: [{ group: "Sales", role: "admin" }], nextCursor: null });
    expect(await list()).toEqual(reply.body);
    expect((await put([])).body).toEqual({ items: [], nextCursor: null });
  });

  it("refuses an unknown role by its field, and changes nothing", async () => {
    await put([{ group: "Kept", role: "admin" }]);
    const reply = await put([
      { group: "A", role: "editor" },
      { group: "B", role: "pilot" },
    ]);
    expect(reply.outcome).toEqual([400, "role_unknown"]);
    expect(reply.body).toMatchObject({ errors: [{ field: "1.role" }] });
    expect(await list()).toMatchObject({ items: [{ group: "Kept" }] });
  });

  it("does not know the roles of another organization", async () => {
    await createWorld(api, "bravo");
    const role = { key: "bravo-only", name: "Bravo" };
    await api.call("createRole", { params: { org: "bravo" }, body: role });
    expect((await put([{ group: "A", role: "bravo-only" }])).outcome).toEqual([400, "role_unknown"]);
  });

  it.each([
    ["no list", {}],
    ["a mapping without role", [{ group: "A" }]],
    ["an empty group", [{ group: "", role: "admin" }]],
    [
      "a mapping twice, in another case",
      [
        { group: "A", role: "admin" },
        { group: "a", role: "admin" },
      ],
    ],
    ["a way of naming that there is none", [{ group: "A", role: "admin", match: "regex" }]],
    ["a pattern without an asterisk", [{ group: "A", role: "admin", match: "pattern" }]],
    ["a pattern for every group", [{ group: "**", role: "admin", match: "pattern" }]],
    ["a pattern with too many asterisks", [{ group: "a*".repeat(9), role: "admin", match: "pattern" }]],
    ["an empty prefix", [{ group: "", role: "admin", match: "prefix" }]],
    [
      "too many patterns",
      Array.from({ length: 101 }, (_, index) => ({ group: `g${index}-`, role: "admin", match: "prefix" })),
    ],
    ["a directory that is no id", [{ group: "A", role: "admin", directory: "acme" }]],
    ["too many", Array.from({ length: 1001 }, (_, index) => ({ group: `g${index}`, role: "admin" }))],
  ])("refuses %s", async (_name, body) => {
    expect((await put(body)).outcome).toEqual([400, "input_invalid"]);
  });

  it("takes mappings by prefix and pattern, and for one directory, and gives them back as they are put", async () => {
    const mappings = [
      { group: "App-", role: "admin", match: "prefix" },
      { group: "app-*-admins", role: "admin", match: "pattern", directory: acme.directoryId },
      { group: "Sales", role: "admin" },
      { group: "sales", role: "admin", directory: acme.directoryId },
    ];
    const reply = await put(mappings);
    expect(reply.body).toEqual({ items: mappings, nextCursor: null });
    api.reconciled.length = 0;
    expect((await put(mappings.map((mapping) => ({ match: "exact", ...mapping })))).body).toEqual(reply.body);
    expect(api.reconciled).toEqual([]);
  });

  it("does not know a directory of another organization, or one that is gone", async () => {
    const other = await createWorld(api, "delta");
    const reply = await put([{ group: "A", role: "admin", directory: other.directoryId }]);
    expect(reply.outcome).toEqual([400, "directory_unknown"]);
    expect(reply.body).toMatchObject({ errors: [{ field: "0.directory" }] });
  });

  it("ends the mappings of a directory with it", async () => {
    const echo = await createWorld(api, "echo");
    const params = { org: "echo" };
    await api.call("replaceGroupMappings", {
      params,
      body: [
        { group: "A", role: "admin", directory: echo.directoryId },
        { group: "B", role: "admin" },
      ],
    });
    await api.call("deleteDirectory", { params: { ...params, directoryId: echo.directoryId } });
    const left = await api.call("listGroupMappings", { params });
    expect(left.body).toMatchObject({ items: [{ group: "B" }] });
    const events = await api.deps.database.prisma.event.findMany({
      where: { organizationId: echo.organizationId, type: "group_mapping.deleted" },
    });
    expect(events).toMatchObject([{ before: { group: "A", role: "admin", directory: echo.directoryId } }]);
  });

  it("makes those directory groups dirty that a changed prefix or pattern names", async () => {
    await put([]);
    const { prisma } = api.deps.database;
    await prisma.dirtyDirectoryGroup.deleteMany();
    for (const group of ["App-eu-Admins", "App-eu-Users", "Other_App"]) {
      await insertDirectoryMember(api, acme, { email: `${group}@acme.com`.toLowerCase(), group });
    }
    await put([{ group: "app-*-admins", role: "admin", match: "pattern" }]);
    expect(await markedGroups()).toEqual(["App-eu-Admins"]);
    await prisma.dirtyDirectoryGroup.deleteMany();
    await put([{ group: "app-", role: "admin", match: "prefix" }]);
    expect(await markedGroups()).toEqual(["App-eu-Admins", "App-eu-Users"]);
    await put([]);
    await prisma.dirtyDirectoryGroup.deleteMany();
  });

  it("makes just those directory groups dirty whose mappings changed", async () => {
    await put([
      { group: "Stays", role: "admin" },
      { group: "Goes", role: "admin" },
    ]);
    for (const group of ["Stays", "Goes", "Comes", "Unmapped"]) {
      await insertDirectoryMember(api, acme, { email: `${group}@acme.com`.toLowerCase(), group });
    }
    api.reconciled.length = 0;
    expect(await markedGroups()).toEqual([]);
    await put([
      { group: "STAYS", role: "admin" },
      { group: "comes", role: "editor" },
    ]);
    expect(await markedGroups()).toEqual(["Comes", "Goes"]);
    expect(api.reconciled).toEqual([acme.organizationId]);
    const events = await api.deps.database.prisma.event.findMany({
      where: { resourceType: "groupMapping" },
      orderBy: { serial: "desc" },
      take: 2,
    });
    expect(events).toMatchObject([
      { type: "group_mapping.created", before: null, after: { group: "comes", role: "editor" } },
      { type: "group_mapping.deleted", before: { group: "Goes", role: "admin" }, after: null },
    ]);
  });

  it("asks for nothing when nothing changed", async () => {
    await put([{ group: "Same", role: "admin" }]);
    api.reconciled.length = 0;
    await put([{ group: "Same", role: "admin" }]);
    expect(api.reconciled).toEqual([]);
  });

  it("leaves one whole list when two are put at once", async () => {
    const lists = ["x", "y"].map((name) =>
      Array.from({ length: 20 }, (_, index) => ({ group: `${name}${index}`, role: "admin" })),
    );
    await Promise.all(lists.map((body) => put(body)));
    const { items } = (await list()) as { items: { group: string }[] };
    expect(items).toHaveLength(20);
    expect(new Set(items.map((item) => item.group[0])).size).toBe(1);
  });
});

describe("matchGroups", () => {
  const match = (query: Record<string, string>) =>
    api.call("matchGroups", { params: { org: "foxtrot" }, query });

  it("tells which groups a mapping would name, of this organization alone", async () => {
    const foxtrot = await createWorld(api, "foxtrot");
    for (const group of ["App-eu-Admins", "app-us-admins", "Staff"]) {
      await insertDirectoryMember(api, foxtrot, { email: `${group}@foxtrot.com`.toLowerCase(), group });
    }
    const directory = foxtrot.directoryId;
    expect((await match({ group: "APP-*-admins", match: "pattern" })).body).toEqual({
      count: 2,
      items: [
        { name: "App-eu-Admins", directory },
        { name: "app-us-admins", directory },
      ],
    });
    expect((await match({ group: "staff" })).body).toMatchObject({ count: 1 });
    expect((await match({ group: "sta", match: "prefix", directory })).body).toMatchObject({ count: 1 });
    expect((await match({ group: "sta", match: "prefix", directory: acme.directoryId })).body).toMatchObject({
      count: 0,
    });
    expect((await match({ group: "**", match: "pattern" })).outcome).toEqual([400, "input_invalid"]);
  });
});

describe("planGroupMappings", () => {
  const plan = (body: unknown, query: Record<string, string> = {}) =>
    api.call("planGroupMappings", { params: { org: "charlie" }, body, query });
  let charlie: World;
  beforeAll(async () => {
    charlie = await createWorld(api, "charlie");
    for (const name of ["one", "two", "three"]) {
      await insertDirectoryMember(api, charlie, { email: `${name}@charlie.com`, group: "Crew" });
    }
  });

  it("tells who gains and who loses what, with counts first, and changes nothing", async () => {
    const mappings = [{ group: "CREW", role: "editor" }];
    const first = (await plan(mappings, { limit: "2" })).as(accessPlan);
    expect(first.counts).toEqual({ people: 3, gain: 3, lose: 0, suspend: 0, admit: 0 });
    expect(first.items.map(({ email, gains, loses }) => ({ email, gains, loses }))).toEqual([
      { email: "one@charlie.com", gains: ["editor"], loses: [] },
      { email: "two@charlie.com", gains: ["editor"], loses: [] },
    ]);
    const second = (await plan(mappings, { limit: "2", cursor: first.nextCursor ?? "" })).as(accessPlan);
    expect(second.counts).toEqual(first.counts);
    expect(second.items.map(({ email }) => email)).toEqual(["three@charlie.com"]);
    expect(second.nextCursor).toBeNull();
    const mapped = await api.call("listGroupMappings", { params: { org: "charlie" } });
    expect(mapped.body).toMatchObject({ items: [] });
  });

  it("refuses what replacing them would refuse", async () => {
    const reply = await plan([{ group: "Crew", role: "pilot" }]);
    expect(reply.outcome).toEqual([400, "role_unknown"]);
    expect(reply.body).toMatchObject({ errors: [{ field: "0.role" }] });
  });

  it.each(["x", "e30", Buffer.from('{"after":"x","counts":{}}').toString("base64url")])(
    "refuses the cursor %s",
    async (cursor) => expect((await plan([], { cursor })).outcome).toEqual([400, "input_invalid"]),
  );
});

it("waits for the reconciler's batch, so that neither passes the other over", () =>
  expectToWaitForReconciler(api, acme.organizationId, () => put([{ group: "Waits", role: "editor" }])));
