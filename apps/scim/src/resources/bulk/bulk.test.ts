import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "../../testing/scim-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

let scim: TestScim;
let directory: TestDirectory;
beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory();
});
afterAll(() => scim.stop());

const bulk = (operations: unknown, more: object = {}) =>
  send(directory, "POST", "/Bulk", { schemas: [BULK], Operations: operations, ...more });
const createUser = (userName: string, bulkId = userName) => ({
  method: "POST",
  path: "/Users",
  bulkId,
  data: { schemas: [USER], userName },
});
const statusesOf = (body: { Operations: { status: string }[] }) =>
  body.Operations.map(({ status }) => status);

describe("a bulk request (RFC 7644 §3.7)", () => {
  it("makes what others refer to first, wherever it stands", async () => {
    const group = {
      method: "POST",
      path: "/Groups",
      bulkId: "g",
      data: { schemas: [GROUP], displayName: "Bulk", members: [{ value: "bulkId:late" }] },
    };
    const { status, body } = await bulk([group, createUser("late")]);
    expect([status, statusesOf(body)]).toEqual([200, ["201", "201"]]);
    const [groupAnswer, userAnswer] = body.Operations;
    expect(groupAnswer).toMatchObject({ method: "POST", bulkId: "g" });
    const stored = await send(directory, "GET", `/Groups/${groupAnswer.location.split("/").at(-1)}`);
    expect(stored.body.members[0].value).toBe(userAnswer.location.split("/").at(-1));
  });

  it("does each operation by itself: one that fails leaves the others", async () => {
    const { body } = await bulk([createUser("dup"), createUser("dup", "again"), createUser("after")]);
    expect(statusesOf(body)).toEqual(["201", "409", "201"]);
    expect(body.Operations[1].response).toMatchObject({ scimType: "uniqueness", status: "409" });
  });

  it("stops after failOnErrors errors", async () => {
    const bad = { method: "DELETE", path: "/Users/unknown" };
    const { body } = await bulk([bad, bad, createUser("never")], { failOnErrors: 2 });
    expect(statusesOf(body)).toEqual(["404", "404"]);
    const { body: found } = await send(directory, "GET", '/Users?filter=userName eq "never"');
    expect(found.totalResults).toBe(0);
  });

  it("patches and deletes what it created", async () => {
    const { body } = await bulk([
      createUser("short-lived", "x"),
      { method: "DELETE", path: "/Users/bulkId:x" },
    ]);
    expect(statusesOf(body)).toEqual(["201", "204"]);
  });

  it("refuses references in a circle, and to nothing", async () => {
    const group = (name: string, to: string) => ({
      method: "POST",
      path: "/Groups",
      bulkId: name,
      data: { schemas: [GROUP], displayName: name, members: [{ value: `bulkId:${to}` }] },
    });
    const { body } = await bulk([group("a", "b"), group("b", "a"), group("c", "missing")]);
    expect(statusesOf(body)).toEqual(["409", "409", "400"]);
  });

  it.each([
    ["no array", "x", 400, "invalidSyntax"],
    [
      "too many operations",
      Array.from({ length: 1001 }, (_, index) => createUser(`many-${index}`)),
      413,
      undefined,
    ],
  ])("refuses %s whole", async (_name, operations, status, scimType) => {
    const answer = await bulk(operations);
    expect([answer.status, answer.body.scimType]).toEqual([status, scimType]);
  });

  it.each([
    ["no object", null],
    ["an unknown method", { method: "TRACE", path: "/Users/1" }],
    ["a path elsewhere", { method: "DELETE", path: "/../../api/v1/organizations" }],
    ["a POST without a bulkId", { method: "POST", path: "/Users", data: {} }],
    [
      "prototype names",
      JSON.parse(
        '{"method":"POST","path":"/Users","bulkId":"__proto__","data":{"__proto__":{"userName":"x"},"constructor":1}}',
      ),
    ],
  ])("fails an operation that is %s, alone", async (name, operation) => {
    const { status, body } = await bulk([operation, createUser(`beside ${name}`)]);
    expect([status, statusesOf(body)]).toEqual([200, ["400", "201"]]);
  });
});
