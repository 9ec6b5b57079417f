/**
 * A resource that grows without end, piece by piece, until the process that reads it has no memory left; and operations
 * that cost the square of their number. CWE-400, CWE-407, CWE-770.
 */

import { send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const ACME = "urn:example:params:scim:acme:1.0:Group";
const BYTES = /262144 bytes/;
const VALUES = /10000 values/;

let scim: TestScim;
let directory: TestDirectory;
let serial = 0;
beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory("strict", {
    settings: {
      extensions: [
        {
          ...{ id: ACME, name: "Acme", resourceType: "Group" },
          attributes: [{ name: "notes", multiValued: true }],
        },
      ],
    },
  });
});
afterAll(() => scim.stop());

/** So many texts of `length` characters each, all different. */
const texts = (count: number, length: number) =>
  Array.from({ length: count }, () => `${serial++}-`.padEnd(length, "x"));
const values = (count: number, length: number) => texts(count, length).map((value) => ({ value }));
const patchOf = (...Operations: object[]) => ({ schemas: [PATCH], Operations });
const add = (path: string, value: unknown) => ({ op: "add", path, value });

async function newUser(more: object = {}): Promise<string> {
  const user = { schemas: [USER], userName: `user-${serial++}`, ...more };
  const { status, body } = await send(directory, "POST", "/Users", user);
  expect(status).toBe(201);
  return body.id;
}

async function newGroup(more: object = {}): Promise<string> {
  const { body } = await send(directory, "POST", "/Groups", { schemas: [GROUP], displayName: "g", ...more });
  return body.id;
}

const refusal = (limit: RegExp) => ({
  status: 413,
  body: {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    status: "413",
    detail: expect.stringMatching(limit),
  },
});

describe("what would be stored of a user is bounded", () => {
  it.each([
    ["by its bytes", { roles: values(30, 10_000) }, BYTES],
    [
      "by its bytes in UTF-8",
      { roles: [{ value: "€".repeat(60_000) }, { display: "€".repeat(40_000) }] },
      BYTES,
    ],
    ["by its bytes as JSON escapes them", { title: "\u0001".repeat(60_000) }, BYTES],
    ["by its values", { roles: values(6_000, 9) }, VALUES],
  ])("%s: in a POST, a PUT, a PATCH and within Bulk", async (_name, attributes, limit) => {
    const id = await newUser({ title: "before" });
    const { schemas, userName } = (await send(directory, "GET", `/Users/${id}`)).body;
    const user = { schemas, userName, ...attributes };
    expect(await send(directory, "POST", "/Users", { ...user, userName: "big" })).toMatchObject(
      refusal(limit),
    );
    expect(await send(directory, "PUT", `/Users/${id}`, user)).toMatchObject(refusal(limit));
    const patch = patchOf({ op: "replace", value: attributes });
    expect(await send(directory, "PATCH", `/Users/${id}`, patch)).toMatchObject(refusal(limit));
    const { body } = await send(directory, "POST", "/Bulk", {
      schemas: [BULK],
      Operations: [
        { method: "POST", path: "/Users", bulkId: "a", data: { ...user, userName: "big" } },
        { method: "PUT", path: `/Users/${id}`, data: user },
        { method: "PATCH", path: `/Users/${id}`, data: patch },
      ],
    });
    for (const { status, response } of body.Operations) {
      expect({ status: Number(status), body: response }).toMatchObject(refusal(limit));
    }
    const after = await send(directory, "GET", `/Users/${id}`);
    expect([after.body.title, after.body.meta.version]).toEqual(["before", 'W/"1"']);
  });

  it("by its result: not one of many pieces is too large, and the one that would be too much is refused", async () => {
    const id = await newUser();
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      const piece = patchOf(add("roles", values(9, 10_000)));
      statuses.push((await send(directory, "PATCH", `/Users/${id}`, piece)).status);
    }
    expect(statuses).toEqual([200, 200, 413, 413]);
    expect((await send(directory, "GET", `/Users/${id}`)).body.roles).toHaveLength(18);
  });

  it("and one within it is stored: of 250 KB, and of a thousand emails", async () => {
    const large = await newUser({ roles: values(25, 10_000) });
    expect((await send(directory, "GET", `/Users/${large}`)).body.roles).toHaveLength(25);
    const many = await newUser({ emails: values(1_000, 30) });
    expect((await send(directory, "GET", `/Users/${many}`)).body.emails).toHaveLength(1_000);
  });
});

describe("what would be stored of a group is bounded", () => {
  it("but for its members, in a POST, a PUT and a PATCH", async () => {
    const id = await newGroup();
    const group = { schemas: [GROUP, ACME], displayName: "g", [ACME]: { notes: texts(30, 10_000) } };
    expect(await send(directory, "POST", "/Groups", group)).toMatchObject(refusal(BYTES));
    expect(await send(directory, "PUT", `/Groups/${id}`, group)).toMatchObject(refusal(BYTES));
    const patch = patchOf(add(`${ACME}:notes`, group[ACME].notes));
    expect(await send(directory, "PATCH", `/Groups/${id}`, patch)).toMatchObject(refusal(BYTES));
    const some = patchOf(add(`${ACME}:notes`, texts(20, 10_000)));
    expect((await send(directory, "PATCH", `/Groups/${id}`, some)).status).toBe(204);
  });
});

describe("a user stored before there was a bound", () => {
  async function migrated(): Promise<string> {
    const id = await newUser();
    const resource = { title: "old", roles: values(60, 60_000) };
    await scim.database.sql.query("UPDATE directory_users SET resource = $2 WHERE id = $1", [id, resource]);
    return id;
  }

  it("is read, deactivated and made smaller, and does not grow", async () => {
    const id = await migrated();
    const read = await send(directory, "GET", `/Users/${id}`);
    expect([read.status, read.body.roles.length]).toEqual([200, 60]);
    const change = async (...operations: object[]) =>
      (await send(directory, "PATCH", `/Users/${id}?attributes=id`, patchOf(...operations))).status;
    expect(await change({ op: "replace", path: "active", value: false })).toBe(200);
    expect(await change(add("roles", [{ value: "one more" }]))).toBe(413);
    expect(await change({ op: "remove", path: "roles", value: read.body.roles.slice(3) })).toBe(413);
    expect(await change({ op: "remove", path: "roles", value: read.body.roles.slice(57) })).toBe(200);
    expect(await change({ op: "remove", path: "roles" })).toBe(200);
    expect(await change(add("roles", [{ value: "one more" }]))).toBe(200);
    expect((await send(directory, "GET", `/Users/${id}`)).body).toMatchObject({
      title: "old",
      active: false,
    });
  });
});

describe("operations", () => {
  it("that add one value each are done in thousands", async () => {
    const id = await newUser();
    const operations = values(3_000, 12).map((value) => add("emails", [value]));
    const { status, body } = await send(directory, "PATCH", `/Users/${id}`, patchOf(...operations));
    expect([status, body.emails.length]).toEqual([200, 3_000]);
  });

  it("that compare everything with everything are refused", async () => {
    const emails = values(3_000, 12);
    const id = await newUser({ emails });
    const each = emails.map(({ value }) => ({
      ...{ op: "replace", path: `emails[value eq "${value}"].type`, value: "home" },
    }));
    const all = await send(directory, "PATCH", `/Users/${id}`, patchOf(...each));
    expect(all).toMatchObject(refusal(/compare more than 1000000 values/));
    const some = await send(directory, "PATCH", `/Users/${id}`, patchOf(...each.slice(0, 50)));
    expect(some.status).toBe(200);
    expect(some.body.emails.filter(({ type }: { type?: string }) => type === "home")).toHaveLength(50);
  });
});
