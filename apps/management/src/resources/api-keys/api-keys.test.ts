import { defined } from "@sallyport/defined";
import { createEventReader } from "@sallyport/events/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Reply, startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, insertApiKey } from "../../testing/world.ts";
import { domain } from "../domains/schema.ts";
import { organization } from "../organizations/schema.ts";
import { createdApiKey } from "./schema.ts";

let api: TestApi;
const params = { org: "acme" };
beforeAll(async () => {
  api = await startApi();
  await createWorld(api, "acme");
}, 60_000);
afterAll(() => api.close());

const create = (body: object, key?: string): Promise<Reply> =>
  api.call("createApiKey", { body: { name: "Key", ...body }, ...defined({ key }) });
const keyOf = async (body: object, key?: string) => (await create(body, key)).as(createdApiKey);

describe("a new key", () => {
  it("is limited to what it was given, and its event tells so", async () => {
    const reader = createEventReader(api.deps.database.sql);
    await reader.next();
    const permissions = ["members.read", "roles.read"];
    const { id, key } = await keyOf({ permissions: [...permissions, "members.read"] });
    expect((await api.call("listMembers", { params, key })).status).toBe(200);
    expect((await api.call("listSessions", { params, key })).outcome).toEqual([403, "permission_missing"]);
    expect(await reader.next()).toMatchObject([
      { type: "api_key.created", resource: { id }, after: { permissions } },
    ]);
    const listed = await api.call("listApiKeys", { query: { limit: "100" } });
    expect(listed.body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id, permissions })]),
    });
  });

  it("without a limit may do all that it reaches", async () => {
    expect(await keyOf({})).toMatchObject({ permissions: null });
    expect(await keyOf({ organization: "acme" })).toMatchObject({ permissions: null });
  });

  it("of a role has the permissions of that role, written out", async () => {
    const viewer = await keyOf({ organization: "acme", role: "organizationViewer" });
    expect(viewer.permissions).toContain("audit_events.read");
    expect(viewer.permissions).not.toContain("members.write");
    expect((await keyOf({ role: "operator" })).permissions).toContain("api_keys.write");
  });

  it.each([
    ["no permission", { permissions: [] }, "permissions"],
    ["an unknown permission", { permissions: ["members.*"] }, "permissions.0"],
    ["a permission of the applications' roles", { permissions: ["docs:read"] }, "permissions.0"],
    ["an unknown role", { role: "admin" }, "role"],
    ["permissions and a role", { permissions: ["members.read"], role: "operator" }, "role"],
  ])("is refused with %s", async (_name, body, field) => {
    const reply = await create(body);
    expect(reply.outcome).toEqual([400, "input_invalid"]);
    expect(reply.body).toMatchObject({ errors: [{ field }] });
  });

  it.each([
    ["permissions", { permissions: ["members.read", "applications.read"] }],
    ["role", { role: "operator" }],
  ])("of an organization is refused with %s of the gateway", async (field, body) => {
    const reply = await create({ organization: "acme", ...body });
    expect(reply.outcome).toEqual([400, "permission_out_of_reach"]);
    expect(reply.body).toMatchObject({ errors: [{ field }] });
  });
});

describe("a limited key that creates keys", () => {
  const OWN = ["api_keys.write", "members.read", "roles.read"];

  it("gives what it has, whole or in part", async () => {
    const { key } = await keyOf({ permissions: OWN });
    expect((await keyOf({ permissions: ["members.read"] }, key)).permissions).toEqual(["members.read"]);
    expect((await keyOf({}, key)).permissions).toEqual(OWN);
    expect((await keyOf({ organization: "acme" }, key)).permissions).toEqual(["members.read", "roles.read"]);
  });

  it.each([
    ["permissions", { permissions: ["members.read", "members.write"] }, "members.write"],
    ["role", { role: "organizationViewer" }, "organization.read"],
    ["role", { organization: "acme", role: "organizationAdmin" }, "organization.read"],
  ])("gives no more than it has by %s: %j", async (field, body, missing) => {
    const { key } = await keyOf({ permissions: OWN });
    const reply = await create(body, key);
    expect(reply.outcome).toEqual([403, "permission_missing"]);
    expect(reply.body).toMatchObject({
      errors: [{ field, message: expect.stringContaining(`Missing: \`${missing}\`.`) }],
    });
  });
});

describe("what a field needs beside the operation", () => {
  it("is organizations.rename for a slug", async () => {
    const made = await api.call("createOrganization", { body: { slug: "bravo", name: "Bravo" } });
    const rename = (body: object, key: string) =>
      api.call("updateOrganization", { params: { org: made.as(organization).id }, body, key });

    const { key } = await keyOf({ permissions: ["organization.write"] });
    expect((await rename({ slug: "bravo-2" }, key)).outcome).toEqual([403, "permission_missing"]);
    const named = await rename({ slug: "bravo", name: "Bravo 2" }, key);
    expect(named.as(organization)).toMatchObject({ slug: "bravo", name: "Bravo 2" });

    const more = await keyOf({ permissions: ["organization.write", "organizations.rename"] });
    expect((await rename({ slug: "bravo-2" }, more.key)).as(organization)).toMatchObject({ slug: "bravo-2" });
  });

  it("is domains.verify for a domain that counts", async () => {
    const { key } = await keyOf({ permissions: ["domains.write", "organizations.create"] });
    const claimed = await api.call("addDomain", { params, body: { name: "claimed.example" }, key });
    expect(claimed.as(domain)).toMatchObject({ verified: false });
    const born = { slug: "born", name: "Born" };
    const refused = await api.call("createOrganization", {
      body: { ...born, domains: ["born.example"] },
      key,
    });
    expect(refused.outcome).toEqual([403, "permission_missing"]);
    expect((await api.call("createOrganization", { body: born, key })).status).toBe(201);

    const more = await keyOf({ permissions: ["domains.write", "domains.verify"] });
    const verified = await api.call("addDomain", {
      params,
      body: { name: "claimed.example" },
      key: more.key,
    });
    expect(verified.as(domain)).toMatchObject({ verified: true });
  });
});

it("a permission that this version does not know allows nothing", async () => {
  const { key } = await insertApiKey(api, { permissions: ["members.read", "everything", "__proto__"] });
  expect((await api.call("listMembers", { params, key })).status).toBe(200);
  expect((await api.call("listRoles", { params, key })).outcome).toEqual([403, "permission_missing"]);
});
