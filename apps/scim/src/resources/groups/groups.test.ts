import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "../../testing/scim-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const NOBODY = "00000000-0000-7000-8000-000000000000";

let scim: TestScim;
let directory: TestDirectory;
let ids: string[];
let group: string;

beforeAll(async () => {
  scim = await startScim();
});
afterAll(async () => {
  await scim.stop();
});
beforeEach(async () => {
  directory = await scim.addDirectory();
  ids = [];
  for (let index = 0; index < 4; index += 1) {
    const user = { schemas: [USER], userName: `u${index}@acme.com`, displayName: `User ${index}` };
    ids.push((await send(directory, "POST", "/Users", user)).body.id);
  }
  ids.sort();
  group = await createGroup(ids.slice(0, 2));
});

async function createGroup(members: readonly string[]): Promise<string> {
  const { status, body } = await send(directory, "POST", "/Groups", {
    schemas: [GROUP],
    displayName: "Engineering",
    externalId: "ext-1",
    members: members.map((value) => ({ value })),
  });
  expect(status).toBe(201);
  return body.id;
}

function patch(operations: unknown[], id = group) {
  return send(directory, "PATCH", `/Groups/${id}`, { schemas: [PATCH], Operations: operations });
}

async function members(id = group): Promise<string[]> {
  const { body } = await send(directory, "GET", `/Groups/${id}`);
  return body.members.map(({ value }: { value: string }) => value);
}

/** How often each of the users was marked for the reconciler, in the order of ids. */
async function userMarks(): Promise<number[]> {
  const { prisma } = scim.database;
  const where = { directoryId: directory.id };
  const users = await prisma.directoryUser.findMany({ where, orderBy: { id: "asc" } });
  return Promise.all(
    users.map(({ id }) => prisma.dirtyDirectoryUser.count({ where: { directoryUserId: id } })),
  );
}

function groupMarks(): Promise<number> {
  return scim.database.prisma.dirtyDirectoryGroup.count({ where: { directoryGroupId: group } });
}

describe("groups", () => {
  it("are created with members, each once, and shown with their names", async () => {
    const id = await createGroup([ids[0] ?? "", ids[0] ?? "", ids[3] ?? ""]);
    const { body } = await send(directory, "GET", `/Groups/${id}`);
    expect(body.members.map(({ value }: { value: string }) => value)).toEqual([ids[0], ids[3]]);
    expect(body.members[0]).toMatchObject({ type: "User", $ref: `${directory.url}/Users/${ids[0]}` });
    expect(body.members[0].display).toMatch(/^User \d$/);
  });

  it("show on their members' `groups`", async () => {
    const { body } = await send(directory, "GET", `/Users/${ids[0]}`);
    expect(body.groups).toEqual([
      { value: group, $ref: `${directory.url}/Groups/${group}`, display: "Engineering", type: "direct" },
    ]);
  });

  it("mark exactly the users that join or leave, and themselves only for a rename", async () => {
    expect(await userMarks()).toEqual([2, 2, 1, 1]);
    await patch([{ op: "add", path: "members", value: [{ value: ids[1] }, { value: ids[2] }] }]);
    expect(await userMarks()).toEqual([2, 2, 2, 1]);
    await patch([{ op: "remove", path: `members[value eq "${ids[0]}"]` }]);
    expect(await userMarks()).toEqual([3, 2, 2, 1]);
    expect(await groupRow()).toMatchObject({ version: 3 });
    expect(await groupMarks()).toBe(1);
    await patch([{ op: "replace", path: "displayName", value: "Engines" }]);
    expect(await userMarks()).toEqual([3, 2, 2, 1]);
    expect(await groupRow()).toMatchObject({ version: 4, displayNameKey: "engines" });
    expect(await groupMarks()).toBe(2);
  });

  it("do not change at all when the members to add are there and those to remove are not", async () => {
    const reconciles = scim.reconciled.length;
    expect((await patch([{ op: "add", path: "members", value: [{ value: ids[0] }] }])).status).toBe(204);
    expect((await patch([{ op: "remove", path: `members[value eq "${ids[3]}"]` }])).status).toBe(204);
    expect(await groupRow()).toMatchObject({ version: 1 });
    expect(scim.reconciled.length).toBe(reconciles);
  });

  it.each([
    ["add", () => [{ op: "add", path: "members", value: [{ value: ids[2] }] }], [0, 1, 2]],
    ["add, one object", () => [{ op: "add", path: "members", value: { value: ids[2] } }], [0, 1, 2]],
    ["add, pathless", () => [{ op: "add", value: { members: [{ value: ids[2] }] } }], [0, 1, 2]],
    ["add, full URN", () => [{ op: "add", path: `${GROUP}:members`, value: [{ value: ids[2] }] }], [0, 1, 2]],
    ["remove by filter", () => [{ op: "remove", path: `members[value eq "${ids[0]}"]` }], [1]],
    [
      "remove several by or",
      () => [{ op: "remove", path: `members[value eq "${ids[0]}" or value eq "${ids[1]}"]` }],
      [],
    ],
    [
      "remove with values, never all",
      () => [{ op: "remove", path: "members", value: [{ value: ids[0] }] }],
      [1],
    ],
    ["remove of a stranger", () => [{ op: "remove", path: "members", value: [{ value: "u1091" }] }], [0, 1]],
    ["remove all", () => [{ op: "remove", path: "members" }], []],
    [
      "replace",
      () => [{ op: "replace", path: "members", value: [{ value: ids[1] }, { value: ids[3] }] }],
      [1, 3],
    ],
    ["replace by none", () => [{ op: "replace", path: "members", value: [] }], []],
    [
      "replace, pathless, with a name",
      () => [{ op: "replace", value: { displayName: "N", members: [{ value: ids[2] }] } }],
      [2],
    ],
    [
      "remove, then add",
      () => [
        { op: "remove", path: `members[value eq "${ids[0]}"]` },
        { op: "add", path: "members", value: [{ value: ids[2] }] },
      ],
      [1, 2],
    ],
    [
      "add, then remove the same",
      () => [
        { op: "add", path: "members", value: [{ value: ids[2] }] },
        { op: "remove", path: `members[value eq "${ids[2]}"]` },
      ],
      [0, 1],
    ],
    [
      "add, replace, add",
      () => [
        { op: "add", path: "members", value: [{ value: ids[2] }] },
        { op: "replace", path: "members", value: [] },
        { op: "add", path: "members", value: [{ value: ids[3] }] },
      ],
      [3],
    ],
  ])("PATCH: %s", async (_name, operations, expected) => {
    expect((await patch(operations())).status).toBe(204);
    expect(await members()).toEqual(expected.map((index) => ids[index]));
  });

  it.each([
    [
      "an unknown member",
      () => [{ op: "add", path: "members", value: [{ value: ids[2] }, { value: NOBODY }] }],
      400,
      "invalidValue",
    ],
    [
      "a group as a member",
      () => [{ op: "add", path: "members", value: [{ value: group, type: "Group" }] }],
      400,
      "invalidValue",
    ],
    ["a member without an id", () => [{ op: "add", path: "members", value: [{}] }], 400, "invalidValue"],
    [
      "another filter than value eq",
      () => [{ op: "remove", path: 'members[display co "a"]' }],
      400,
      "invalidFilter",
    ],
    [
      "a member's sub-attribute",
      () => [{ op: "replace", path: `members[value eq "${ids[0]}"].value`, value: ids[2] }],
      400,
      "mutability",
    ],
    ["no name", () => [{ op: "remove", path: "displayName" }], 400, "invalidValue"],
    ["its id", () => [{ op: "replace", path: "id", value: NOBODY }], 400, "mutability"],
    [
      "a bad second operation",
      () => [
        { op: "add", path: "members", value: [{ value: ids[2] }] },
        { op: "add", path: "nope", value: 1 },
      ],
      400,
      "invalidPath",
    ],
  ])("PATCH refuses %s, and changes nothing", async (_name, operations, status, scimType) => {
    const answer = await patch(operations());
    expect({ status: answer.status, scimType: answer.body.scimType }).toEqual({ status, scimType });
    expect(await members()).toEqual(ids.slice(0, 2));
  });

  it("answer 400 alike to an unknown member, another directory's, and a deleted one", async () => {
    const other = await scim.addDirectory();
    const foreign = (await send(other, "POST", "/Users", { schemas: [USER], userName: "f" })).body.id;
    await send(directory, "DELETE", `/Users/${ids[3]}`);
    for (const id of [NOBODY, foreign, ids[3]]) {
      for (const answer of [
        await patch([{ op: "add", path: "members", value: [{ value: id }] }]),
        await patch([{ op: "replace", path: "members", value: [{ value: id }] }]),
        await send(directory, "POST", "/Groups", {
          schemas: [GROUP],
          displayName: "G",
          members: [{ value: id }],
        }),
        await send(directory, "PUT", `/Groups/${group}`, {
          schemas: [GROUP],
          displayName: "G",
          members: [{ value: id }],
        }),
      ]) {
        expect([answer.status, answer.body.detail]).toEqual([
          400,
          `members: the directory has no user and no group "${id}".`,
        ]);
      }
    }
    expect(await members()).toEqual(ids.slice(0, 2));
  });

  it("keep each of 20 members that concurrent PATCHes add", async () => {
    const more = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        send(directory, "POST", "/Users", { schemas: [USER], userName: `c${index}` }),
      ),
    );
    const added = more.map(({ body }) => body.id as string);
    const answers = await Promise.all(
      added.map((value) => patch([{ op: "Add", path: "members", value: [{ value }] }])),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(204));
    expect(await members()).toEqual([...ids.slice(0, 2), ...added].sort());
  });

  it("replace by PUT: attributes and members", async () => {
    const body = { schemas: [GROUP], displayName: "Put", members: [{ value: ids[1] }, { value: ids[3] }] };
    const answer = await send(directory, "PUT", `/Groups/${group}`, body);
    expect(answer).toMatchObject({ status: 200, body: { displayName: "Put" } });
    expect(answer.body).not.toHaveProperty("externalId");
    expect(await members()).toEqual([ids[1], ids[3]]);
    expect(await userMarks()).toEqual([3, 2, 1, 2]);
  });

  it("lose a deleted user, and keep a suspended one", async () => {
    await send(directory, "PATCH", `/Users/${ids[1]}`, {
      schemas: [PATCH],
      Operations: [{ op: "replace", path: "active", value: false }],
    });
    await send(directory, "DELETE", `/Users/${ids[0]}`);
    expect(await members()).toEqual([ids[1]]);
    expect(await groupRow()).toMatchObject({ version: 2 });
  });

  it("are gone when deleted, while their memberships wait for the reconciler", async () => {
    expect((await send(directory, "DELETE", `/Groups/${group}`)).status).toBe(204);
    expect((await send(directory, "GET", `/Groups/${group}`)).status).toBe(404);
    expect((await send(directory, "DELETE", `/Groups/${group}`)).status).toBe(404);
    expect((await send(directory, "GET", `/Users/${ids[0]}`)).body).not.toHaveProperty("groups");
    expect((await send(directory, "GET", `/Users?filter=groups.value eq "${group}"`)).body.totalResults).toBe(
      0,
    );
    expect(await scim.database.prisma.directoryGroupMember.count({ where: { groupId: group } })).toBe(2);
    expect(await groupMarks()).toBe(2);
  });

  it("honour If-Match, and say 412 of another version", async () => {
    const operations = {
      schemas: [PATCH],
      Operations: [{ op: "add", path: "members", value: [{ value: ids[2] }] }],
    };
    expect(
      (await send(directory, "PATCH", `/Groups/${group}`, operations, { "if-match": 'W/"9"' })).status,
    ).toBe(412);
    expect(
      (await send(directory, "PATCH", `/Groups/${group}`, operations, { "if-match": 'W/"1"' })).status,
    ).toBe(204);
    expect(
      (await send(directory, "DELETE", `/Groups/${group}`, undefined, { "if-match": 'W/"1"' })).status,
    ).toBe(412);
  });

  it("are found by a member, by name in any case, and without their members when those are excluded", async () => {
    const by = async (query: string) => (await send(directory, "GET", `/Groups?${query}`)).body;
    expect((await by(`filter=members eq "${ids[0]}"`)).totalResults).toBe(1);
    expect((await by(`filter=id eq "${group}" and members.value eq "${ids[3]}"`)).totalResults).toBe(0);
    const { Resources } = await by('filter=displayName eq "ENGINEERING"&excludedAttributes=members');
    expect(Resources[0]).toMatchObject({ id: group, displayName: "Engineering" });
    expect(Resources[0]).not.toHaveProperty("members");
  });
});

function groupRow() {
  return scim.database.prisma.directoryGroup.findUniqueOrThrow({ where: { id: group } });
}
