/** Requests that run together, in one statement, must come to what they would come to one after the other. */

import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "../testing/scim-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const NOBODY = "00000000-0000-7000-8000-000000000000";

let scim: TestScim;
let directory: TestDirectory;
beforeAll(async () => {
  // One lane: whatever comes while its statement runs waits, and runs together.
  scim = await startScim({ lanes: { perKey: 1, total: 1 } });
});
afterAll(() => scim.stop());
beforeEach(async () => {
  directory = await scim.addDirectory();
});

const create = (userName: string, more: object = {}) =>
  send(directory, "POST", "/Users", { schemas: [USER], userName, ...more });
const patch = (path: string, ...Operations: object[]) =>
  send(directory, "PATCH", path, { schemas: [PATCH], Operations });
const createUsers = async (count: number): Promise<string[]> => {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => create(`u${index}`)));
  return answers.map(({ body }) => body.id);
};

/** Has all of the work's requests come while the first one's statement runs; and says how often each statement ran. */
async function atOnce<Result>(requests: number, work: () => Promise<Result>) {
  const { database } = scim;
  const query = vi.spyOn(database.sql, "query");
  try {
    const working = await database.transaction(async (sql) => {
      await sql.query("LOCK TABLE directory_users IN ACCESS EXCLUSIVE MODE");
      const received = scim.receives(requests);
      const promise = work();
      await received;
      return { promise };
    });
    const result = await working.promise;
    const runs = query.mock.calls.map(([, , name]) => name);
    return { result, runs: (name: string) => runs.filter((run) => run === name).length };
  } finally {
    query.mockRestore();
  }
}

async function journal() {
  const { prisma } = scim.database;
  const logged = await prisma.scimRequest.findMany({ where: { directoryId: directory.id } });
  const audited = await prisma.event.findMany({ where: { organizationId: directory.organizationId } });
  return { logged, audited };
}

it("creates many users in few statements, each with its own answer, log row and event", async () => {
  const { result, runs } = await atOnce(40, () =>
    Promise.all(Array.from({ length: 40 }, (_, index) => create(`user${index}`, { title: `t${index}` }))),
  );
  expect(result.map(({ status, body }) => [status, body.userName, body.title])).toEqual(
    Array.from({ length: 40 }, (_, index) => [201, `user${index}`, `t${index}`]),
  );
  expect(runs("scim_create_users")).toBeLessThan(10);
  const { logged, audited } = await journal();
  const ids = result.map(({ body }) => body.id).toSorted();
  expect(audited.map(({ resourceId }) => resourceId).toSorted()).toEqual(ids);
  expect(new Set(logged.map(({ requestId }) => requestId)).size).toBe(40);
  for (const { requestId, responseBody, changed } of logged) {
    const { resourceId } = audited.find((event) => event.requestId === requestId) ?? {};
    expect(responseBody).toMatchObject({ id: resourceId });
    expect(changed).toEqual({ users: [resourceId] });
  }
});

it("creates one user of 50 with the same name, and refuses the others alone", async () => {
  const others = Array.from({ length: 10 }, (_, index) => create(`other${index}`));
  const same = Array.from({ length: 50 }, (_, index) => create(index % 2 === 0 ? "Ada" : "ada"));
  const answers = await Promise.all(same);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  const refused = answers.filter(({ status }) => status === 409);
  expect(refused).toHaveLength(49);
  expect(new Set(refused.map(({ body }) => body.scimType))).toEqual(new Set(["uniqueness"]));
  expect((await Promise.all(others)).map(({ status }) => status)).toEqual(Array(10).fill(201));
});

it("renames users together, and only who takes another's name is refused", async () => {
  const ids = await createUsers(6);
  const names = ["a", "b", "u0", "c", "d", "e"]; // u0's own new name is a, at the same time
  await create("taken");
  const answers = await Promise.all([
    ...ids.map((id, index) =>
      patch(`/Users/${id}`, { op: "replace", path: "userName", value: names[index] }),
    ),
    patch(`/Users/${ids[5]}`, { op: "replace", path: "userName", value: "taken" }),
  ]);
  expect(answers.at(-1)?.status).toBe(409);
  const fine = answers.slice(0, -1).filter((_, index) => index !== 2);
  expect(fine.map(({ status }) => status)).toEqual(Array(5).fill(200));
  expect([200, 409]).toContain(answers[2]?.status);
});

it("answers many look-ups in few statements, each with what it asked for", async () => {
  await createUsers(30);
  const look = (userName: string) => send(directory, "GET", `/Users?filter=userName eq "${userName}"`);
  const { result, runs } = await atOnce(40, () =>
    Promise.all(Array.from({ length: 40 }, (_, index) => look(`U${index}`))),
  );
  expect(result.map(({ body }) => body.Resources.map((user: { userName: string }) => user.userName))).toEqual(
    Array.from({ length: 40 }, (_, index) => (index < 30 ? [`u${index}`] : [])),
  );
  expect(runs("scim_list_directory_users_username_true")).toBeLessThan(10);
});

it("never answers one directory with what another asked for", async () => {
  await createUsers(1);
  const other = await scim.addDirectory();
  await send(other, "POST", "/Users", { schemas: [USER], userName: "u0", title: "theirs" });
  const look = (at: TestDirectory) => send(at, "GET", '/Users?filter=userName eq "u0"');
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => look(index % 2 === 0 ? directory : other)),
  );
  for (const [index, { body }] of answers.entries()) {
    expect(body.Resources[0].title).toBe(index % 2 === 0 ? undefined : "theirs");
  }
});

it("changes a group's members together, each by a version, a log row and an event of its own", async () => {
  const users = await createUsers(24);
  const members = users.slice(12).map((value) => ({ value }));
  const group = await send(directory, "POST", "/Groups", { schemas: [GROUP], displayName: "g", members });
  const path = `/Groups/${group.body.id}`;
  const change = (id: string, index: number) =>
    index < 12
      ? patch(path, { op: "add", path: "members", value: [{ value: id }] })
      : patch(path, { op: "remove", path: `members[value eq "${id}"]` });
  const { result, runs } = await atOnce(26, () =>
    Promise.all([
      ...users.map(change),
      patch(path, { op: "add", path: "members", value: [{ value: NOBODY }] }),
      patch(path, { op: "remove", path: `members[value eq "${NOBODY}"]` }),
    ]),
  );
  expect(result.map(({ status }) => status)).toEqual([...Array(24).fill(204), 400, 204]);
  expect(runs("scim_change_members")).toBeLessThan(10);
  const versions = result.slice(0, 24).map(({ headers }) => headers.get("etag"));
  expect(new Set(versions).size).toBe(24);
  const { body } = await send(directory, "GET", path);
  expect(body.members.map(({ value }: { value: string }) => value)).toEqual(users.slice(0, 12).toSorted());
  expect(body.meta.version).toBe('W/"25"');

  const { audited } = await journal();
  const changes = audited.filter(({ type }) => type === "directory_group.members_changed");
  const told = changes.map(({ data }) => data as { added: string[]; removed: string[] });
  expect(told.flatMap(({ added }) => added).toSorted()).toEqual(users.slice(0, 12).toSorted());
  expect(told.flatMap(({ removed }) => removed).toSorted()).toEqual(users.slice(12).toSorted());
  expect(told.every(({ added, removed }) => added.length + removed.length === 1)).toBe(true);
  const marks = await scim.database.prisma.dirtyDirectoryUser.findMany({
    where: { organizationId: directory.organizationId },
  });
  const marksOf = (user: string) => marks.filter(({ directoryUserId }) => directoryUserId === user).length;
  expect(users.map(marksOf)).toEqual([...Array(12).fill(2), ...Array(12).fill(3)]);
});

it("takes what adds and removes the same member in the order in which it came", async () => {
  const [user = ""] = await createUsers(1);
  const group = await send(directory, "POST", "/Groups", { schemas: [GROUP], displayName: "g" });
  const path = `/Groups/${group.body.id}`;
  const turns = Array.from({ length: 21 }, (_, index) =>
    index % 2 === 0
      ? { op: "add", path: "members", value: [{ value: user }] }
      : { op: "remove", path: `members[value eq "${user}"]` },
  );
  const bulk = turns.map((operation) => ({
    method: "PATCH",
    path,
    data: { schemas: [PATCH], Operations: [operation] },
  }));
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];
  const answers = await Promise.all([
    ...turns.map((operation) => patch(path, operation)),
    send(directory, "POST", "/Bulk", { schemas, Operations: bulk }),
  ]);
  expect(answers.every(({ status }) => status < 300)).toBe(true);
  const { audited } = await journal();
  const told = audited
    .filter(({ type }) => type === "directory_group.members_changed")
    .map(({ data }) => data as { addedCount: number; removedCount: number });
  const sum = (of: (data: { addedCount: number; removedCount: number }) => number) =>
    told.reduce((total, data) => total + of(data), 0);
  const { body } = await send(directory, "GET", path);
  // Whoever came first, each change that took place is told once, and what they come to is what is there.
  expect(sum(({ addedCount }) => addedCount) - sum(({ removedCount }) => removedCount)).toBe(
    body.members?.length ?? 0,
  );
  expect(body.meta.version).toBe(`W/"${told.length + 1}"`);
});

it("holds a PATCH with If-Match to the version that it asks for, whoever else changes the group", async () => {
  const users = await createUsers(9);
  const group = await send(directory, "POST", "/Groups", { schemas: [GROUP], displayName: "g" });
  const path = `/Groups/${group.body.id}`;
  const add = (value: string, headers: Record<string, string> = {}) =>
    send(
      directory,
      "PATCH",
      path,
      { schemas: [PATCH], Operations: [{ op: "add", path: "members", value: [{ value }] }] },
      headers,
    );
  const answers = await Promise.all(
    users.map((id, index) => add(id, index % 3 === 2 ? { "if-match": 'W/"1"' } : {})),
  );
  const conditional = answers.filter((_, index) => index % 3 === 2).map(({ status }) => status);
  expect(conditional.filter((status) => status === 204).length).toBeLessThanOrEqual(1);
  expect(conditional.filter((status) => status === 412).length).toBeGreaterThanOrEqual(2);
  const { body } = await send(directory, "GET", path);
  expect(body.members).toHaveLength(answers.filter(({ status }) => status === 204).length);
});

it("refuses all that waited with a token that was ended", async () => {
  const [user = ""] = await createUsers(1);
  await send(directory, "GET", `/Users/${user}`); // remembers the token
  await scim.database.prisma.directoryToken.updateMany({
    where: { directoryId: directory.id },
    data: { revokedAt: new Date() },
  });
  const before = await journal();
  const answers = await Promise.all([
    ...Array.from({ length: 20 }, (_, index) => create(`late${index}`)),
    ...Array.from({ length: 5 }, () => send(directory, "GET", `/Users/${user}`)),
    patch(`/Users/${user}`, { op: "replace", path: "title", value: "late" }),
  ]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  expect(await scim.database.prisma.directoryUser.count({ where: { directoryId: directory.id } })).toBe(1);
  expect((await journal()).audited).toEqual(before.audited);
});
