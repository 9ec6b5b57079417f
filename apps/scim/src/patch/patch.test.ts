import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "../testing/scim-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

let scim: TestScim;
let strict: TestDirectory;
let entra: TestDirectory;
let serial = 0;
beforeAll(async () => {
  scim = await startScim();
  strict = await scim.addDirectory("strict");
  entra = await scim.addDirectory("entra");
});
afterAll(() => scim.stop());

async function patched(directory: TestDirectory, ...Operations: unknown[]) {
  serial += 1;
  const created = await send(directory, "POST", "/Users", {
    schemas: [USER, ENTERPRISE],
    userName: `user-${serial}`,
    nickName: "Nick",
    name: { givenName: "Ada", familyName: "Lovelace" },
    emails: [
      { value: "work@acme.example", type: "work", primary: true },
      { value: "home@acme.example", type: "home" },
    ],
    [ENTERPRISE]: { department: "Engines" },
  });
  const answer = await send(directory, "PATCH", `/Users/${created.body.id}`, {
    schemas: [PATCH],
    Operations,
  });
  const after = await send(directory, "GET", `/Users/${created.body.id}`);
  return { answer, before: created.body, after: after.body };
}

describe("PATCH of a user does", () => {
  it.each<[name: string, operations: object[], expected: object]>([
    ["add one attribute", [{ op: "add", path: "title", value: "Countess" }], { title: "Countess" }],
    [
      "add a sub-attribute",
      [{ op: "add", path: "name.middleName", value: "K" }],
      { name: { givenName: "Ada", middleName: "K" } },
    ],
    [
      "add without a path",
      [{ op: "add", value: { title: "T", nickName: "N" } }],
      { title: "T", nickName: "N" },
    ],
    [
      "add an element once",
      [{ op: "add", path: "emails", value: [{ value: "home@acme.example", type: "home" }] }],
      { emails: [{}, {}] },
    ],
    [
      "replace by a filter",
      [{ op: "replace", path: 'emails[type eq "home"].value', value: "new@acme.example" }],
      { emails: [{ value: "work@acme.example" }, { value: "new@acme.example" }] },
    ],
    [
      "remove by a filter",
      [{ op: "remove", path: 'emails[type eq "home"]' }],
      { emails: [{ value: "work@acme.example" }] },
    ],
    [
      "make a second primary the only one",
      [{ op: "replace", path: 'emails[type eq "home"].primary', value: true }],
      { emails: [{ type: "work" }, { type: "home", primary: true }] },
    ],
    [
      "reach an extension by its URN",
      [{ op: "replace", path: `${ENTERPRISE}:department`, value: "Looms" }],
      { [ENTERPRISE]: { department: "Looms" } },
    ],
    [
      "apply operations in order",
      [
        { op: "remove", path: "nickName" },
        { op: "add", path: "nickName", value: "A" },
        { op: "replace", path: "nickName", value: "B" },
      ],
      { nickName: "B" },
    ],
    [
      "take paths and operations in any case",
      [{ op: "Replace", path: "NICKNAME", value: "C" }],
      { nickName: "C" },
    ],
  ])("%s", async (_name, operations, expected) => {
    const { answer, after } = await patched(strict, ...operations);
    expect(answer.status).toBeLessThan(300);
    expect(after).toMatchObject(expected);
  });

  it("remove an attribute, an extension's too", async () => {
    const { after } = await patched(
      strict,
      { op: "remove", path: "nickName" },
      { op: "remove", path: `${ENTERPRISE}:department` },
    );
    expect(after).not.toHaveProperty("nickName");
    expect(after).not.toHaveProperty([ENTERPRISE, "department"]);
  });
});

describe("PATCH of a user refuses, and changes nothing", () => {
  it.each<[name: string, scimType: string, operations: unknown[]]>([
    ["an unknown attribute", "invalidPath", [{ op: "add", path: "nothing", value: 1 }]],
    ["__proto__ as a path", "invalidPath", [{ op: "add", path: "__proto__.polluted", value: true }]],
    [
      "constructor as a path",
      "invalidPath",
      [{ op: "add", path: "constructor.prototype.polluted", value: true }],
    ],
    ["a removal without a path", "noTarget", [{ op: "remove" }]],
    ["an unknown operation", "invalidSyntax", [{ op: "move", path: "title", value: "x" }]],
    ["no operations", "invalidSyntax", []],
    [
      "a read-only attribute",
      "mutability",
      [{ op: "replace", path: "meta.created", value: "2020-01-01T00:00:00Z" }],
    ],
    ["a number for a text", "invalidValue", [{ op: "replace", path: "title", value: 7 }]],
    [
      "a filter without a match",
      "noTarget",
      [{ op: "replace", path: 'emails[type eq "other"].value', value: "x@y.example" }],
    ],
    ["a malformed path", "invalidPath", [{ op: "replace", path: 'emails[type eq "work"', value: "x" }]],
    [
      "a bad operation behind good ones",
      "invalidPath",
      [
        { op: "replace", path: "nickName", value: "changed" },
        { op: "add", path: "nothing", value: 1 },
      ],
    ],
  ])("%s", async (_name, scimType, operations) => {
    const { answer, before, after } = await patched(strict, ...operations);
    expect([answer.status, answer.body.status]).toEqual([400, "400"]);
    expect(["invalidFilter", scimType]).toContain(answer.body.scimType);
    expect(after).toEqual(before);
    expect(Object.getOwnPropertyDescriptor(Object.prototype, "polluted")).toBeUndefined();
  });
});

describe("the quirks of Entra", () => {
  it.each<[name: string, operation: object, expected: object]>([
    ["booleans as text", { op: "Replace", path: "active", value: "False" }, { active: false }],
    [
      "an element that a filtered replace does not find is made",
      { op: "Replace", path: 'phoneNumbers[type eq "mobile"].value', value: "555" },
      { phoneNumbers: [{ type: "mobile", value: "555" }] },
    ],
    [
      "dotted and URN keys without a path",
      { op: "replace", value: { "name.givenName": "Kim", [`${ENTERPRISE}:department`]: "Looms" } },
      { name: { givenName: "Kim" }, [ENTERPRISE]: { department: "Looms" } },
    ],
  ])("%s", async (_name, operation, expected) => {
    const { answer, after } = await patched(entra, operation);
    expect(answer.status).toBeLessThan(300);
    expect(after).toMatchObject(expected);
  });
});
