import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "../../testing/scim-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

let scim: TestScim;
let directory: TestDirectory;

beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory();
});
afterAll(async () => {
  await scim.stop();
});

function ada(userName = "ada@acme.com") {
  return {
    schemas: [USER, ENTERPRISE],
    userName,
    externalId: `ext-${userName}`,
    name: { givenName: "Ada", familyName: "Lovelace" },
    displayName: "Ada Lovelace",
    active: true,
    password: "hunter2-hunter2",
    emails: [{ value: userName, type: "work", primary: true }],
    [ENTERPRISE]: { department: "Engines", employeeNumber: "1" },
  };
}

async function create(userName: string): Promise<string> {
  const { status, body } = await send(directory, "POST", "/Users", ada(userName));
  expect(status).toBe(201);
  return body.id;
}

describe("POST /Users", () => {
  it("creates a user, answers with its document and asks for a reconcile", async () => {
    const { status, body, headers } = await send(directory, "POST", "/Users", ada("post@acme.com"));
    expect(status).toBe(201);
    const { password: _password, ...kept } = ada("post@acme.com");
    expect(body).toMatchObject(kept);
    expect(body).not.toHaveProperty("password");
    expect(body.meta).toMatchObject({
      resourceType: "User",
      version: 'W/"1"',
      location: `${directory.url}/Users/${body.id}`,
    });
    expect(headers.get("location")).toBe(body.meta.location);
    expect(headers.get("etag")).toBe('W/"1"');
    expect(headers.get("content-type")).toBe("application/scim+json; charset=utf-8");
    expect(scim.reconciled.at(-1)).toBe(directory.organizationId);
  });

  it("writes row, request log and audit event in one transaction, and the password nowhere", async () => {
    const { body } = await send(directory, "POST", "/Users", ada("logged@acme.com"));
    const row = await scim.database.prisma.directoryUser.findUniqueOrThrow({ where: { id: body.id } });
    expect(row).toMatchObject({
      userNameKey: "logged@acme.com",
      email: "logged@acme.com",
    });
    expect(await marksOf(body.id)).toBe(1);
    const requests = await scim.database.prisma.scimRequest.findMany({
      where: { path: "/Users", status: 201 },
    });
    const request = requests.find(({ changed }) => JSON.stringify(changed).includes(body.id));
    expect(request).toMatchObject({
      method: "POST",
      changed: { users: [body.id] },
      requestBody: { password: "***" },
    });
    const [event] = await scim.database.prisma.event.findMany({ where: { resourceId: body.id } });
    expect(event).toMatchObject({
      type: "directory_user.created",
      actorType: "directory",
      actorId: directory.id,
    });
    expect(JSON.stringify([request, { ...event, serial: null }, row.resource])).not.toContain("hunter2");
  });

  it("refuses a userName that is taken in any case, with 409 uniqueness", async () => {
    await create("Taken@acme.com");
    const { status, body } = await send(directory, "POST", "/Users", ada("tAKEN@ACME.com"));
    expect(status).toBe(409);
    expect(body).toMatchObject({ status: "409", scimType: "uniqueness" });
  });

  it.each([
    ["no userName", { schemas: [USER] }, "invalidValue"],
    ["an empty userName", { schemas: [USER], userName: "" }, "invalidValue"],
    ["no schemas", { userName: "x" }, "invalidSyntax"],
    ["a number for a text", { schemas: [USER], userName: 5 }, "invalidValue"],
    ["a text for a boolean", { schemas: [USER], userName: "x", active: "False" }, "invalidValue"],
    ["an object for a list", { schemas: [USER], userName: "x", emails: { value: "x" } }, "invalidValue"],
    [
      "two primaries",
      {
        schemas: [USER],
        userName: "x",
        emails: [
          { value: "a", primary: true },
          { value: "b", primary: true },
        ],
      },
      "invalidValue",
    ],
    ["NUL", { schemas: [USER], userName: "x\u0000" }, "invalidValue"],
    ["half a surrogate pair", { schemas: [USER], userName: "x\ud800" }, "invalidValue"],
    ["a name too long for its index", { schemas: [USER], userName: "é".repeat(513) }, "invalidValue"],
    ["a list", [], "invalidSyntax"],
    ["text", '"x"', "invalidSyntax"],
    ["broken JSON", "{", "invalidSyntax"],
    ["deep nesting", "[".repeat(5000) + "]".repeat(5000), "invalidSyntax"],
    [
      "an object of more names than any schema has",
      {
        schemas: [USER],
        userName: "x",
        name: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [i, i])),
      },
      "invalidSyntax",
    ],
    [
      "more values than anybody has",
      {
        schemas: [USER],
        userName: "x",
        emails: Array.from({ length: 10_001 }, (_, i) => ({ value: `${i}` })),
      },
      "invalidValue",
    ],
  ])("refuses %s with 400", async (_name, input, scimType) => {
    const { status, body } = await send(directory, "POST", "/Users", input);
    expect({ status, scimType: body.scimType, text: body.status }).toEqual({
      status: 400,
      scimType,
      text: "400",
    });
  });
});

describe("GET /Users", () => {
  it("answers an empty list to a probe", async () => {
    const { status, body } = await send(directory, "GET", '/Users?filter=userName eq "nobody"');
    expect(status).toBe(200);
    expect(body).toEqual({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
      totalResults: 0,
      startIndex: 1,
      itemsPerPage: 0,
      Resources: [],
    });
  });

  it("finds a user by userName in any case", async () => {
    const id = await create("find@acme.com");
    const { body } = await send(
      directory,
      "GET",
      '/Users?filter=USERNAME EQ "FIND@acme.com"&startIndex=1&count=100',
    );
    expect(body.totalResults).toBe(1);
    expect(body.Resources[0].id).toBe(id);
  });

  it("answers 404 to an id that is none, unknown, or another directory's", async () => {
    const other = await scim.addDirectory();
    const foreign = (await send(other, "POST", "/Users", ada("foreign@acme.com"))).body.id;
    for (const id of ["x", "00000000-0000-7000-8000-000000000000", foreign]) {
      const { status, body } = await send(directory, "GET", `/Users/${id}`);
      expect({ status, detail: body.detail }).toEqual({
        status: 404,
        detail: `User "${id}" not found in this directory.`,
      });
    }
  });

  it("answers 304 to If-None-Match, and 412 to another version", async () => {
    const id = await create("etag@acme.com");
    expect(
      (await send(directory, "GET", `/Users/${id}`, undefined, { "if-none-match": 'W/"1"' })).status,
    ).toBe(304);
    const stale = await send(directory, "PUT", `/Users/${id}`, ada("etag@acme.com"), { "if-match": 'W/"7"' });
    expect(stale.status).toBe(412);
    expect((await send(directory, "DELETE", `/Users/${id}`, undefined, { "if-match": 'W/"7"' })).status).toBe(
      412,
    );
  });
});

describe("PUT, PATCH and DELETE /Users/{id}", () => {
  it("replaces: what is not sent is gone, but for `active`", async () => {
    const id = await create("put@acme.com");
    await patch(id, [{ op: "replace", path: "active", value: false }]);
    const { status, body } = await send(directory, "PUT", `/Users/${id}`, {
      schemas: [USER],
      userName: "put2@acme.com",
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, userName: "put2@acme.com", active: false });
    expect(body).not.toHaveProperty("emails");
    expect(body).not.toHaveProperty("externalId");
  });

  it("patches, raises its version and marks it for the reconciler, and does neither when nothing changes", async () => {
    const id = await create("patch@acme.com");
    const first = await patch(id, [{ op: "replace", path: "active", value: false }]);
    expect(first).toMatchObject({ status: 200, body: { active: false, meta: { version: 'W/"2"' } } });
    const second = await patch(id, [{ op: "replace", path: "active", value: false }]);
    expect(second.body.meta.version).toBe('W/"2"');
    expect(await marksOf(id)).toBe(2);
  });

  it("loses none of 20 concurrent patches", async () => {
    const id = await create("race@acme.com");
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        patch(id, [
          { op: "add", path: "emails", value: [{ value: `n${index}@acme.com`, type: `t${index}` }] },
        ]),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect((await send(directory, "GET", `/Users/${id}`)).body.emails).toHaveLength(21);
  });

  it("refuses to take another user's name with 409", async () => {
    const id = await create("one@acme.com");
    await create("two@acme.com");
    const { status, body } = await patch(id, [{ op: "replace", path: "userName", value: "TWO@acme.com" }]);
    expect({ status, scimType: body.scimType }).toEqual({ status: 409, scimType: "uniqueness" });
  });

  it("deletes: gone at once, its name free again", async () => {
    const id = await create("gone@acme.com");
    expect((await send(directory, "DELETE", `/Users/${id}`)).status).toBe(204);
    expect((await send(directory, "GET", `/Users/${id}`)).status).toBe(404);
    expect((await send(directory, "DELETE", `/Users/${id}`)).status).toBe(404);
    const row = await scim.database.prisma.directoryUser.findUniqueOrThrow({ where: { id } });
    expect(row.userNameKey).toBeNull();
    expect(row.deletedAt).not.toBeNull();
    expect(await marksOf(id)).toBe(2);
    await create("gone@acme.com");
  });
});

function marksOf(directoryUserId: string): Promise<number> {
  return scim.database.prisma.dirtyDirectoryUser.count({ where: { directoryUserId } });
}

function patch(id: string, operations: unknown[]) {
  return send(directory, "PATCH", `/Users/${id}`, { schemas: [PATCH], Operations: operations });
}
