import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { organization } from "./schema.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const create = (body: unknown) => api.call("createOrganization", { body });

describe("createOrganization", () => {
  it("creates it with its verified domains and the roles member and admin", async () => {
    const reply = await create({
      slug: "acme",
      name: "Acme",
      domains: ["ACME.com", "acme.com", "bücher.example"],
    });
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({
      slug: "acme",
      name: "Acme",
      domains: ["acme.com", "xn--bcher-kva.example"],
    });
    const roles = await api.call("listRoles", { params: { org: "acme" } });
    expect(roles.body).toMatchObject({ items: [{ key: "member" }, { key: "admin" }], nextCursor: null });
  });
});

it("gets one by slug and by id", async () => {
  const { id } = (await create({ slug: "bravo", name: "Bravo" })).as(organization);
  const bySlug = await api.call("getOrganization", { params: { org: "bravo" } });
  const byId = await api.call("getOrganization", { params: { org: id } });
  expect(bySlug.body).toEqual(byId.body);
});
