/**
 * A leaver who stays active because of a detail beside `active`: an operation that cannot be applied, a shape that is not
 * the RFC's, a value that is too large. Beside each, what must stay refused.
 */

import { type Answer, send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

let scim: TestScim;
let directory: TestDirectory;
let strict: TestDirectory;
beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory("generic");
  strict = await scim.addDirectory("strict");
});
afterAll(() => scim.stop());

let count = 0;
const newName = () => {
  count += 1;
  return `leaver-${count}@acme.example`;
};
async function addUser(where: TestDirectory, more: object = {}): Promise<string> {
  const { status, body } = await send(where, "POST", "/Users", {
    schemas: [USER],
    userName: newName(),
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id;
}
const patch = (where: TestDirectory, id: string, ...Operations: object[]): Promise<Answer> =>
  send(where, "PATCH", `/Users/${id}`, { schemas: [PATCH], Operations });
const read = async (where: TestDirectory, id: string) => (await send(where, "GET", `/Users/${id}`)).body;
const off = { op: "replace", path: "active", value: false };

/** The notes of the last request that was to change something. */
async function notesOf(where: TestDirectory): Promise<string> {
  await scim.flush();
  const rows = await scim.database.prisma.scimRequest.findMany({
    where: { directoryId: where.id, method: { not: "GET" } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: 1,
  });
  return JSON.stringify(rows[0]?.notes);
}

describe("an operation that cannot be applied, beside one that suspends", () => {
  it.each<[name: string, operation: object, note: RegExp]>([
    ["an unknown path", { op: "replace", path: "shoeSize", value: "44" }, /no attribute .*shoeSize/],
    ["an unknown sub-attribute", { op: "add", path: "name.nick", value: "A" }, /no attribute .*name\.nick/],
    ["an unknown extension", { op: "add", path: "urn:acme:1.0:User:badge", value: "7" }, /urn:acme/],
    ["a read-only path", { op: "replace", path: "id", value: "x" }, /id is read-only/],
    ["a read-only complex path", { op: "replace", path: "meta.created", value: "x" }, /read-only/],
    ["groups of a user", { op: "remove", path: "groups" }, /groups is read-only/],
    ["a path that is none", { op: "replace", path: "emails[type eq", value: "x" }, /Ignored/],
    [
      "an element that cannot be made",
      { op: "replace", path: 'emails[value co "x"].type', value: "work" },
      /selects no/,
    ],
    ["a value of another type", { op: "replace", path: "name", value: 7 }, /name must be/],
    ["a required attribute cleared", { op: "remove", path: "userName" }, /userName is required/],
    ["a value that is too long", { op: "add", path: "title", value: "x".repeat(70_000) }, /title is longer/],
    ["a remove without a path", { op: "remove" }, /needs a path/],
    ["an op that is none", { op: "upsert", path: "title", value: "x" }, /must be add, replace or remove/],
    ["no operation at all", "nonsense" as unknown as object, /must be an object/],
  ])("%s is ignored, and noted", async (_name, operation, note) => {
    for (const operations of [
      [operation, off],
      [off, operation],
    ]) {
      const id = await addUser(directory);
      const answer = await patch(directory, id, ...operations);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      expect(answer.body.active).toBe(false);
      expect((await read(directory, id)).active).toBe(false);
      expect(await notesOf(directory)).toMatch(note);
    }
  });

  it("is told of where it is alone, and where nothing else can be applied either", async () => {
    const id = await addUser(directory);
    const unknown = { op: "replace", path: "shoeSize", value: "44" };
    const answer = await patch(directory, id, unknown, { op: "replace", path: "id", value: "x" });
    expect(answer).toMatchObject({ status: 400, body: { scimType: "invalidPath" } });
    expect((await read(directory, id)).meta.version).toBe('W/"1"');
  });

  it("refuses the whole where what it says of `active` cannot be read", async () => {
    for (const operation of [
      { op: "replace", path: "active", value: "maybe" },
      { op: "replace", value: { active: "maybe", title: "t" } },
      { op: "replace", path: "active", value: [true, "maybe"] },
      { op: "replace", path: `${USER}:active`, value: { no: 1 } },
      { op: "disable", path: "active" },
    ]) {
      const id = await addUser(directory);
      const answer = await patch(directory, id, { op: "add", path: "title", value: "t" }, operation);
      expect(answer.status, JSON.stringify([operation, answer.body])).toBe(400);
      expect((await read(directory, id)).title).toBeUndefined();
    }
  });

  it("refuses the whole for a strict client, and says why", async () => {
    const id = await addUser(strict);
    const answer = await patch(strict, id, off, { op: "replace", path: "shoeSize", value: "44" });
    expect(answer).toMatchObject({ status: 400, body: { scimType: "invalidPath" } });
    expect((await read(strict, id)).active).toBe(true);
  });

  it("is ignored in a group, beside members", async () => {
    const value = await addUser(directory);
    const group = await send(directory, "POST", "/Groups", { schemas: [GROUP], displayName: "G" });
    const answer = await send(directory, "PATCH", `/Groups/${group.body.id}`, {
      schemas: [PATCH],
      Operations: [
        { op: "replace", path: "description", value: "unknown" },
        { op: "add", path: "members", value: [{ value }] },
      ],
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(204);
    expect((await send(directory, "GET", `/Groups/${group.body.id}`)).body.members).toMatchObject([
      { value },
    ]);
    expect(await notesOf(directory)).not.toBe("null");
  });
});

describe("a suspension in another shape", () => {
  const SHAPES: [name: string, ...operations: object[]][] = [
    ["a string", { op: "replace", path: "active", value: "False" }],
    ["a string with space", { op: "replace", path: "active", value: " false " }],
    ["a number", { op: "replace", path: "active", value: 0 }],
    ["a list of one", { op: "replace", path: "active", value: ["false"] }],
    ["a list of an object", { op: "replace", path: "active", value: [{ value: "False" }] }],
    ["an object", { op: "replace", path: "active", value: { value: false } }],
    ["no path", { op: "replace", value: { active: false } }],
    ["no path, as a string", { op: "replace", value: { active: "false" } }],
    ["no path, all of it as a string", { op: "replace", value: JSON.stringify({ active: false }) }],
    [
      "no path, with what is read-only",
      { op: "replace", value: { id: "x", userName: newName(), active: false } },
    ],
    ["add", { op: "Add", path: "active", value: false }],
    ["the core schema as a key", { op: "replace", value: { [USER]: { active: false } } }],
    ["the core schema as a path", { op: "replace", path: USER, value: { active: false } }],
    ["the core schema before the name", { op: "replace", path: `${USER}:active`, value: false }],
    ["a dot behind the core schema", { op: "replace", path: `${USER}.active`, value: false }],
    ["a key with its schema", { op: "replace", value: { [`${USER}:active`]: false } }],
    ["a key with a dot behind its schema", { op: "replace", value: { [`${USER}.active`]: "False" } }],
    [
      "all inside the core schema",
      { op: "replace", value: { [USER]: { [ENTERPRISE]: { department: "x" }, active: 0 } } },
    ],
  ];

  it.each(SHAPES)("applies: %s", async (_name, ...operations) => {
    const id = await addUser(directory);
    const answer = await patch(directory, id, ...operations);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect((await read(directory, id)).active).toBe(false);
  });

  it.each<[name: string, active: unknown]>([
    ["a string", "False"],
    ["a list of an object", [{ value: "False" }]],
    ["an object", { value: false }],
  ])("applies in a PUT and a POST: %s", async (_name, active) => {
    const userName = newName();
    const id = await addUser(directory, { userName, active });
    expect((await read(directory, id)).active).toBe(false);
    const other = await addUser(directory);
    const put = await send(directory, "PUT", `/Users/${other}`, { [USER]: { userName: newName(), active } });
    expect(put.status, JSON.stringify(put.body)).toBe(200);
    expect((await read(directory, other)).active).toBe(false);
  });

  it("is refused by a strict directory, and nobody is suspended by it", async () => {
    const id = await addUser(strict);
    for (const [, operation] of SHAPES.slice(0, 6)) {
      expect((await patch(strict, id, operation as object)).status).toBe(400);
    }
    expect((await read(strict, id)).active).toBe(true);
  });

  it("does not read other words as a boolean", async () => {
    for (const active of ["no", "inactive", 2, [], {}, "0x0"]) {
      const { status } = await send(directory, "POST", "/Users", { userName: newName(), active });
      expect([active, status]).toEqual([active, Array.isArray(active) ? 201 : 400]);
    }
  });
});

describe("a value that cannot be kept", () => {
  const photo = `data:image/png;base64,${"A".repeat(100_000)}`;
  it.each<[name: string, more: object, absent: string, note: RegExp]>([
    ["a photo of 100 kB", { photos: [{ value: photo, type: "photo" }] }, "photos", /photos\.value is longer/],
    ["an address that is none", { addresses: ["Main Street"] }, "addresses", /addresses must be/],
    ["a certificate that is none", { x509Certificates: [{ value: "%%" }] }, "x509Certificates", /base64/],
    [
      "more than the whole user may hold",
      { entitlements: Array.from({ length: 6 }, (_, n) => ({ value: `${n}${"x".repeat(60_000)}` })) },
      "entitlements",
      /would hold more than 262144 bytes/,
    ],
  ])("is left out, and noted; the suspension is not lost: %s", async (_name, more, absent, note) => {
    const created = await addUser(directory, { active: false, title: "kept", ...more });
    expect(await read(directory, created)).toMatchObject({ active: false, title: "kept" });
    expect(await read(directory, created)).not.toHaveProperty(absent);
    expect(await notesOf(directory)).toMatch(note);

    const userName = newName();
    const put = await addUser(directory, { userName });
    const answer = await send(directory, "PUT", `/Users/${put}`, { userName, active: false, ...more });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(await read(directory, put)).toMatchObject({ active: false });

    const patched = await addUser(directory);
    expect(
      (await patch(directory, patched, { op: "replace", value: { ...more, active: false } })).status,
    ).toBe(200);
    expect(await read(directory, patched)).toMatchObject({ active: false });

    const refused = await send(strict, "POST", "/Users", { schemas: [USER], userName: newName(), ...more });
    expect([400, 413]).toContain(refused.status);
  });

  it("is never what identifies somebody", async () => {
    for (const more of [{ externalId: "x".repeat(600) }, { userName: "x".repeat(600) }]) {
      const body = { userName: newName(), ...more };
      expect(await send(directory, "POST", "/Users", body)).toMatchObject({ status: 400 });
    }
  });

  it("takes a certificate in lines, and a number where a text is meant", async () => {
    const id = await addUser(directory, {
      x509Certificates: [{ value: "QUJD\r\nREVG\n" }],
      [ENTERPRISE]: { employeeNumber: 701984 },
    });
    expect(await read(directory, id)).toMatchObject({
      x509Certificates: [{ value: "QUJDREVG" }],
      [ENTERPRISE]: { employeeNumber: "701984" },
    });
  });
});

describe("elements of lists", () => {
  const primary = { op: "add", path: 'emails[type eq "work"].primary', value: true };
  const value = { op: "add", path: 'emails[type eq "work"].value', value: "a@acme.example" };

  it.each([
    ["primary before value", [primary, value]],
    ["value before primary", [value, primary]],
  ])("keep both: %s", async (_name, operations) => {
    const id = await addUser(directory);
    expect((await patch(directory, id, ...operations)).body.emails).toEqual([
      { type: "work", value: "a@acme.example", primary: true },
    ]);
  });

  it("of which only a label is left are gone", async () => {
    const id = await addUser(directory, { emails: [{ value: "a@acme.example", type: "work" }] });
    const gone = await patch(directory, id, { op: "remove", path: 'emails[type eq "work"].value' });
    expect(gone.body).not.toHaveProperty("emails");
    const never = await patch(directory, id, primary, { op: "add", path: "title", value: "t" });
    expect(never.body).not.toHaveProperty("emails");
  });

  it("may be selected in a complex attribute of one value", async () => {
    const manager = `${ENTERPRISE}:manager`;
    for (const where of [directory, strict]) {
      const id = await addUser(where, {
        schemas: [USER, ENTERPRISE],
        [ENTERPRISE]: { manager: { value: "x" }, department: "D" },
        name: { givenName: "Ann", familyName: "Lee" },
      });
      const none = await patch(where, id, { op: "remove", path: `${manager}[value eq "y"]` });
      expect(none.body[ENTERPRISE].manager).toEqual({ value: "x" });
      const gone = await patch(where, id, { op: "Remove", path: `${manager}[value eq "x"]` });
      expect(gone.status, JSON.stringify(gone.body)).toBe(200);
      expect(gone.body[ENTERPRISE]).toEqual({ department: "D" });
      const renamed = await patch(where, id, {
        op: "replace",
        path: 'name[givenName eq "Ann"].familyName',
        value: "Smith",
      });
      expect(renamed.body.name).toEqual({ givenName: "Ann", familyName: "Smith" });
      const found = await send(
        where,
        "GET",
        '/Users?filter=name[givenName eq "ann" and familyName eq "Smith"]',
      );
      expect(found.body.Resources.map((user: { id: string }) => user.id)).toEqual([id]);
      await send(where, "DELETE", `/Users/${id}`);
    }
  });
});

describe("a manager", () => {
  const managerOf = async (where: TestDirectory, id: string) => (await read(where, id))[ENTERPRISE]?.manager;
  const withManager = (value: string) => ({
    schemas: [USER, ENTERPRISE],
    [ENTERPRISE]: { manager: { value } },
  });

  it("who is not here is stored as given, by POST, PUT and PATCH, and does not keep anybody active", async () => {
    for (const where of [directory, strict]) {
      const created = await addUser(where, withManager("nobody-here"));
      expect(await managerOf(where, created)).toEqual({ value: "nobody-here" });
      const id = await addUser(where);
      const set = {
        op: "add",
        path: `${ENTERPRISE}:manager`,
        value: { value: "01a22000-0000-7000-8000-000000000000" },
      };
      expect((await patch(where, id, set, off)).body.active).toBe(false);
      const put = { ...withManager("nobody-here"), userName: newName(), active: false };
      expect(await send(where, "PUT", `/Users/${id}`, put)).toMatchObject({
        status: 200,
        body: { active: false },
      });
      expect(await managerOf(where, id)).toEqual({ value: "nobody-here" });
    }
  });

  it.each(["externalId", "userName"])(
    "is found by %s once that user comes, and no more once gone",
    async (name) => {
      const other = await scim.addDirectory("generic");
      const value = newName();
      const id = await addUser(directory, withManager(value));
      await addUser(other, { [name]: value });
      expect(await managerOf(directory, id)).toEqual({ value });
      const boss = await addUser(directory, { [name]: value });
      expect(await managerOf(directory, id)).toEqual({ value, $ref: `${directory.url}/Users/${boss}` });
      const listed = await send(directory, "GET", `/Users?filter=${ENTERPRISE}:manager.value eq "${value}"`);
      expect(listed.body.Resources[0][ENTERPRISE].manager.$ref).toBe(`${directory.url}/Users/${boss}`);
      await send(directory, "DELETE", `/Users/${boss}`);
      expect(await managerOf(directory, id)).toEqual({ value });
    },
  );

  it("is found by id, in the answer to the write too", async () => {
    const boss = await addUser(directory);
    const $ref = `${directory.url}/Users/${boss}`;
    const created = await send(directory, "POST", "/Users", { ...withManager(boss), userName: newName() });
    expect(created.body[ENTERPRISE].manager).toEqual({ value: boss, $ref });
    const foreign = await addUser(strict);
    const set = { op: "replace", path: `${ENTERPRISE}:manager`, value: foreign };
    const patched = await patch(directory, created.body.id, set);
    expect(patched.body[ENTERPRISE].manager).toEqual({ value: foreign });
  });
});

describe("a group's name", () => {
  it("is trimmed, and found however much space is asked with", async () => {
    const group = { schemas: [GROUP], displayName: "  Night Shift\t" };
    const created = await send(directory, "POST", "/Groups", group);
    expect(created.body.displayName).toBe("Night Shift");
    const found = await send(directory, "GET", '/Groups?filter=displayName eq "  Night Shift "');
    expect(found.body.totalResults).toBe(1);
    const path = `/Groups/${created.body.id}`;
    const Operations = [{ op: "replace", path: "displayName", value: " Day Shift " }];
    await send(directory, "PATCH", path, { schemas: [PATCH], Operations });
    expect((await send(directory, "GET", path)).body.displayName).toBe("Day Shift");
    expect(await send(directory, "POST", "/Groups", { ...group, displayName: "  " })).toMatchObject({
      status: 400,
    });
  });
});

describe("pr", () => {
  it("is false of an empty string (RFC 7644 §3.4.2.2), in queries and in paths", async () => {
    const empty = {
      title: "",
      externalId: "",
      name: { givenName: "" },
      emails: [{ value: "", type: "work" }],
      [ENTERPRISE]: { department: "" },
    };
    const where = await scim.addDirectory("strict");
    const id = await addUser(where, { schemas: [USER, ENTERPRISE], ...empty });
    const full = await addUser(where, {
      title: "t",
      externalId: "x",
      name: { givenName: "g" },
      emails: [{ value: "a@b.example", type: "work" }],
      [ENTERPRISE]: { department: "d" },
    });
    const paths = [
      "title",
      "externalId",
      "name",
      "name.givenName",
      "emails.value",
      `${ENTERPRISE}:department`,
    ];
    for (const path of paths) {
      const { body } = await send(where, "GET", `/Users?filter=${path} pr`);
      expect([path, body.Resources.map((user: { id: string }) => user.id)]).toEqual([path, [full]]);
    }
    const there = await send(where, "GET", '/Users?filter=emails[type eq "work" and value pr]');
    expect(there.body.Resources.map((user: { id: string }) => user.id)).toEqual([full]);
    const set = { op: "replace", path: "emails[value pr].type", value: "home" };
    expect((await patch(where, id, set)).body.scimType).toBe("noTarget");
  });
});
