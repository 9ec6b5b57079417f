import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { member } from "../members/schema.ts";
import { role } from "./schema.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());

const create = (body: unknown) => api.call("createRole", { params: { org: "acme" }, body });

it("creates a role, and keeps each permission once", async () => {
  const reply = await create({
    key: "billing",
    name: "Billing",
    permissions: ["a:read", "b.write", "a:read"],
  });
  expect(reply.body).toMatchObject({ key: "billing", name: "Billing", permissions: ["a:read", "b.write"] });
});

it("refuses a key that the organization has, not one that another has", async () => {
  await create({ key: "unique", name: "Unique" });
  const reply = await create({ key: "unique", name: "Again" });
  expect(reply.outcome).toEqual([409, "role_key_taken"]);
  expect(reply.body).toMatchObject({ errors: [{ field: "key" }] });
  await createWorld(api, "bravo");
  const other = await api.call("createRole", {
    params: { org: "bravo" },
    body: { key: "unique", name: "Ours" },
  });
  expect(other.status).toBe(201);
});

it.each([
  { key: "Upper", name: "x" },
  { key: "with space", name: "x" },
  { key: "", name: "x" },
  { key: "x", name: "" },
  { key: "x", name: "x", permissions: ["with space"] },
  { key: "x", name: "x", permissions: [""] },
  { key: "x", name: "x", permissions: "docs:read" },
])("refuses %j", async (body) => {
  expect((await create(body)).outcome).toEqual([400, "input_invalid"]);
});

describe("a role", () => {
  it("changes its permissions, not its key", async () => {
    const { id } = (await create({ key: "fixed", name: "Fixed", permissions: ["a"] })).as(role);
    const params = { org: "acme", roleId: id };
    const patched = await api.call("updateRole", { params, body: { permissions: ["b"] } });
    expect(patched.body).toMatchObject({ key: "fixed", name: "Fixed", permissions: ["b"] });
    const rekeyed = await api.call("updateRole", { params, body: { key: "other" } });
    expect(rekeyed.outcome).toEqual([400, "input_invalid"]);
  });

  it("leaves its members and mappings when it is deleted", async () => {
    const { id } = (await create({ key: "passing", name: "Passing" })).as(role);
    const memberParams = { org: "acme", memberId: acme.memberId };
    await api.call("updateMember", { params: memberParams, body: { roles: ["passing"] } });
    const mappings = [{ group: "Engineering", role: "passing" }];
    await api.call("replaceGroupMappings", { params: { org: "acme" }, body: mappings });
    const deleted = await api.call("deleteRole", { params: { org: "acme", roleId: id } });
    expect(deleted.status).toBe(204);
    const left = (await api.call("getMember", { params: memberParams })).as(member);
    expect(left.roles).toEqual(["member"]);
    const list = await api.call("listGroupMappings", { params: { org: "acme" } });
    expect(list.body).toMatchObject({ items: [] });
  });

  it("is not deleted when it is `member`", async () => {
    const { items } = (await api.call("listRoles", { params: { org: "acme" } })).body as {
      items: { id: string; key: string }[];
    };
    const roleId = items.find(({ key }) => key === "member")?.id ?? "";
    const reply = await api.call("deleteRole", { params: { org: "acme", roleId } });
    expect(reply.outcome).toEqual([409, "role_protected"]);
  });
});
