import { newId } from "@sallyport/database";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { pageOf } from "../../api/page.ts";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, insertDirectoryMember, type World } from "../../testing/world.ts";
import { directoryUser, directoryUserDetails } from "./schema.ts";

let api: TestApi;
let acme: World;
let ann: Awaited<ReturnType<typeof insertDirectoryMember>>;
let worlds = 0;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  acme = await createWorld(api, `acme-${++worlds}`);
  ann = await insertDirectoryMember(api, acme, {
    email: "Ann@acme.test".toLowerCase(),
    group: "Engineering",
  });
});

const list = async (query: Record<string, string> = {}) =>
  (await api.call("listDirectoryUsers", { params: { ...acme }, query })).as(pageOf(directoryUser)).items;
const get = async (directoryUserId: string) =>
  (await api.call("getDirectoryUser", { params: { ...acme, directoryUserId } })).as(directoryUserDetails);

it("lists who was pushed, whom they were matched with, and what waits", async () => {
  const { organizationId, directoryUserId: unmatched } = acme;
  expect(await list()).toMatchObject([
    { id: unmatched, person: null, reconciled: true, held: false, conflicts: 0, active: true },
    {
      id: ann.directoryUserId,
      ...{ userName: "ann@acme.test", email: "ann@acme.test", reconciled: true, held: false, conflicts: 0 },
      person: { userId: ann.userId, memberId: ann.memberId, status: "active" },
    },
  ]);
  const { prisma } = api.deps.database;
  await prisma.dirtyDirectoryUser.create({ data: { organizationId, directoryUserId: ann.directoryUserId } });
  const other = await prisma.user.create({ data: { id: newId(), organizationId } });
  const claim = { claim: "address:ann@acme.test", source: "directory" } as const;
  const conflict = { id: newId(), organizationId, userId: other.id, otherUserId: ann.userId, ...claim };
  await prisma.conflict.create({ data: conflict });
  await prisma.heldPerson.create({
    data: {
      userId: ann.userId,
      organizationId,
      heldChangeId: acme.heldChangeId,
      suspends: true,
      roleIds: [],
    },
  });
  expect((await list())[1]).toMatchObject({ reconciled: false, held: true, conflicts: 1 });
  await api.call("resolveConflict", {
    params: { ...acme, conflictId: conflict.id },
    body: { action: "keepApart" },
  });
  await prisma.heldChange.update({ where: { id: acme.heldChangeId }, data: { status: "rejected" } });
  expect((await list())[1]).toMatchObject({ reconciled: false, held: false, conflicts: 0 });
});

it("finds by how user name, email or name begins, or by a whole id, in its own directory alone", async () => {
  const { prisma } = api.deps.database;
  const bo = await insertDirectoryMember(api, acme, { email: "bo@acme.test", group: "Sales" });
  await prisma.user.update({ where: { id: bo.userId }, data: { name: "Bo Underwood" } });
  await prisma.directoryUser.update({
    where: { id: bo.directoryUserId },
    data: {
      externalId: "00u7",
      active: false,
      resource: { name: { givenName: "Bo", familyName: "Underwood" } },
    },
  });
  const found = async (search: string) => (await list({ search })).map(({ userName }) => userName);
  for (const search of ["bo@", "BO", "bo under", "00u7", bo.directoryUserId]) {
    expect([search, await found(search)]).toEqual([search, ["bo@acme.test"]]);
  }
  for (const search of ["o@acme", "00u", "%", "nobody at all", newId()]) {
    expect([search, await found(search)]).toEqual([search, []]);
  }
  expect(await list({ active: "false" })).toMatchObject([{ userName: "bo@acme.test", name: "Bo Underwood" }]);
  expect(await list({ active: "true" })).toHaveLength(2);
  const other = await createWorld(api, `other-${worlds}`);
  const there = await api.call("listDirectoryUsers", { params: { ...other }, query: { search: "bo" } });
  expect(there.as(pageOf(directoryUser)).items).toEqual([]);
});

it("shows one with all that was pushed, each way it is known, and its groups", async () => {
  const { prisma } = api.deps.database;
  const { organizationId, directoryId } = acme;
  await prisma.directoryUser.update({
    where: { id: ann.directoryUserId },
    data: { externalId: "00u1", resource: { title: "Engineer", emails: [{ value: "Ann@Second.test" }] } },
  });
  const former = { organizationId, directoryId, directoryUserId: ann.directoryUserId, current: false };
  await prisma.directoryIdentifier.create({ data: { ...former, value: "address:before@acme.test" } });
  const division = { organizationId, directoryId, displayNameKey: "division", resource: {} };
  const outer = await prisma.directoryGroup.create({
    data: { id: newId(), displayName: "Division", ...division },
  });
  await prisma.directoryGroupAncestor.create({
    data: { organizationId, groupId: ann.groupId, ancestorId: outer.id, depth: 1 },
  });
  expect(await get(ann.directoryUserId)).toMatchObject({
    attributes: {
      ...{ userName: "ann@acme.test", externalId: "00u1", active: true, title: "Engineer" },
      emails: [{ value: "Ann@Second.test" }],
    },
    identifiers: [
      { value: "address:ann@acme.test", current: true },
      { value: "address:ann@second.test", current: true },
      { value: "id:00u1", current: true },
      { value: "address:before@acme.test", current: false },
    ],
    groups: [
      { id: outer.id, name: "Division", direct: false },
      { id: ann.groupId, name: "Engineering", direct: true },
    ],
  });
});

it("does not know who was deleted", async () => {
  await api.deps.database.prisma.directoryUser.update({
    where: { id: ann.directoryUserId },
    data: { deletedAt: new Date(), userNameKey: null },
  });
  expect(await list()).toHaveLength(1);
  const gone = await api.call("getDirectoryUser", {
    params: { ...acme, directoryUserId: ann.directoryUserId },
  });
  expect(gone.outcome).toEqual([404, "directory_user_not_found"]);
});
