import { describe, expect, it } from "vitest";
import { claimAt, readGroups } from "./groups.ts";
import { normalizeOidc } from "./normalize.ts";

const read = (groups: unknown, delimiter: string | null = null) =>
  readGroups({ groups }, ["groups"], delimiter);

describe("groups are read as", () => {
  it.each<[string, unknown, string[]]>([
    ["names", ["a", "b", "a"], ["a", "b"]],
    ["one name", "a,b", ["a,b"]],
    ["numbers", [1, 2], ["1", "2"]],
    ["one number", 7, ["7"]],
    [
      "objects with a name and an id",
      [
        { id: "1", name: "a" },
        { id: 2, displayName: "b" },
      ],
      ["a", "b"],
    ],
    ["SCIM's objects", [{ value: "x", display: "a" }, { value: "b" }], ["a", "b"]],
    ["one object", { name: "a" }, ["a"]],
    ["an object of objects", { admin: { 42: "acme.test" }, viewer: {} }, ["admin", "viewer"]],
    ["none", [], []],
    ["an empty name", ["", "a"], ["a"]],
  ])("%s", (_, groups, names) => {
    expect(read(groups)).toEqual({ groups: names, claim: "groups", unreadable: [] });
  });

  it("a list in one string, only where it is known to be one", () => {
    expect(read("a;b", ";").groups).toEqual(["a", "b"]);
    expect(read(["a;b"], ";").groups).toEqual(["a;b"]);
  });

  it("nothing that is no name, which is told", () => {
    const odd = [true, ["a"], {}, { name: { deep: "a" } }, 1.5, null];
    expect(read(["a", ...odd])).toEqual({ groups: ["a"], claim: "groups", unreadable: odd });
    expect(read(true)).toEqual({ groups: [], claim: "groups", unreadable: [true] });
  });

  it("what the first claim says that says anything", () => {
    const claims = { groups: [], roles: ["a"], more: ["b"] };
    expect(readGroups(claims, ["none", "groups", "roles", "more"], null).groups).toEqual(["a"]);
    expect(readGroups(claims, ["none", "groups"], null)).toMatchObject({ groups: [], claim: "groups" });
    expect(readGroups(claims, ["none"], null).claim).toBeUndefined();
  });
});

it("a claim is found by its name, or else by a path, also through names with dots", () => {
  const claims = {
    "realm_access.roles": "by name",
    realm_access: { roles: ["r"] },
    resource_access: { "my.client": { roles: ["c"] }, my: { client: {} } },
    "https://acme.test/groups": ["u"],
    list: ["x"],
  };
  expect(claimAt(claims, "realm_access.roles")).toBe("by name");
  expect(claimAt({ realm_access: claims.realm_access }, "realm_access.roles")).toEqual(["r"]);
  expect(claimAt(claims, "resource_access.my.client.roles")).toEqual(["c"]);
  expect(claimAt(claims, "https://acme.test/groups")).toEqual(["u"]);
  for (const none of ["realm_access", "a.b", "list.0", "toString", "realm_access.constructor", "", "."]) {
    expect(claimAt({ list: ["x"] }, none)).toBeUndefined();
  }
});

describe("a person's groups", () => {
  const person = { iss: "https://idp.test", sub: "jo", email: "jo@acme.test" };
  const groupsOf = (provider: string, claims: object, groupsClaim?: string) => {
    const result = normalizeOidc({ ...person, ...claims }, { provider, groupsClaim }, new Date());
    if (!result.ok) {
      throw new Error(result.code);
    }
    const { groups, groupsComplete, warnings } = result.identity;
    return [groups, groupsComplete, warnings.map(({ code }) => code)];
  };

  it("are named with Keycloak's slash and without, and no group below another by its name alone", () => {
    const groups = ["/Engineering", "/Contractors/Admins", "plain", "/"];
    expect(groupsOf("keycloak", { groups })).toEqual([
      ["/Engineering", "Engineering", "/Contractors/Admins", "Contractors/Admins", "plain", "/"],
      true,
      [],
    ]);
    expect(groupsOf("generic", { groups })).toEqual([groups, true, []]);
  });

  it("are found in a nested claim", () => {
    const realm_access = { roles: ["admin"] };
    expect(groupsOf("generic", { realm_access }, "realm_access.roles")).toEqual([["admin"], true, []]);
  });

  it("take no role away where they cannot be read, and the record says so", () => {
    expect(groupsOf("generic", { groups: ["a", { weight: true }] })).toEqual([
      ["a"],
      false,
      ["groups_unreadable"],
    ]);
  });
});
