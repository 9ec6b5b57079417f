import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createdApiKey } from "../api-keys/schema.ts";
import { organization } from "./schema.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const create = (body: unknown) => api.call("createOrganization", { body });

describe("createOrganization", () => {
  it("creates it with its verified domains and the roles member and admin", async () => {
    const domains = ["ACME.com", "acme.com", "bücher.example"];
    const reply = await create({ slug: "acme", name: "Acme", domains });
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({
      slug: "acme",
      name: "Acme",
      domains: ["acme.com", "xn--bcher-kva.example"],
    });
    const roles = await api.call("listRoles", { params: { org: "acme" } });
    expect(roles.body).toMatchObject({ items: [{ key: "member" }, { key: "admin" }], nextCursor: null });
  });

  it("refuses a slug that is taken", async () => {
    await create({ slug: "taken", name: "First" });
    const reply = await create({ slug: "taken", name: "Second" });
    expect(reply.outcome).toEqual([409, "slug_taken"]);
    expect(reply.body).toMatchObject({ errors: [{ field: "slug" }] });
  });

  it("refuses a domain that counts for another organization, and creates nothing", async () => {
    await create({ slug: "owner", name: "Owner", domains: ["owned.com"] });
    const reply = await create({ slug: "thief", name: "Thief", domains: ["own.com", "owned.com"] });
    expect(reply.outcome).toEqual([409, "domain_taken"]);
    expect(reply.body).toMatchObject({ errors: [{ field: "domains.1" }] });
    const unmade = await api.call("getOrganization", { params: { org: "thief" } });
    expect(unmade.outcome).toEqual([404, "organization_not_found"]);
  });

  it("lets one of fifty concurrent creations of a slug win", async () => {
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => create({ slug: "race", name: "Race" })),
    );
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1);
    expect(replies.filter((reply) => reply.outcome[1] === "slug_taken")).toHaveLength(49);
  });

  it.each([
    "",
    "Acme",
    "-acme",
    "acme-",
    "a_b",
    "a".repeat(64),
    "018f4b6a-1111-7111-8111-111111111111",
    "018f4b6a111171118111111111111111",
    "xn--mnchen-3ya",
    "admin",
    "oauth2",
    "a\u0000",
  ])("refuses the slug %j", async (slug) => {
    const reply = await create({ slug, name: "Acme" });
    expect(reply.outcome).toEqual([400, "input_invalid"]);
    expect(reply.body).toMatchObject({ errors: [{ field: "slug" }] });
  });

  it.each(["", "x".repeat(201), "a\nb", "a\u0000b", "\ud800"])("refuses the name %j", async (name) => {
    const reply = await create({ slug: "named", name });
    expect(reply.outcome).toEqual([400, "input_invalid"]);
  });

  it("takes any script in a name", async () => {
    const reply = await create({ slug: "unicode", name: "株式会社 Åcme 🚀" });
    expect(reply.as(organization).name).toBe("株式会社 Åcme 🚀");
  });
});

describe("the others", () => {
  it("get one by slug and by id", async () => {
    const { id } = (await create({ slug: "bravo", name: "Bravo" })).as(organization);
    const bySlug = await api.call("getOrganization", { params: { org: "bravo" } });
    const byId = await api.call("getOrganization", { params: { org: id } });
    expect(bySlug.body).toEqual(byId.body);
  });

  it.each(["nobody", "%", "\u0000", "../v1", "x".repeat(3000)])("answer 404 to %j", async (org) => {
    const reply = await api.call("getOrganization", { params: { org } });
    expect(reply.outcome).toEqual([404, "organization_not_found"]);
  });

  it("rename, and refuse a slug that is taken", async () => {
    await create({ slug: "old-name", name: "Old" });
    const patched = await api.call("updateOrganization", {
      params: { org: "old-name" },
      body: { slug: "new-name", name: "New" },
    });
    expect(patched.body).toMatchObject({ slug: "new-name", name: "New" });
    await create({ slug: "other", name: "Other" });
    const clash = await api.call("updateOrganization", {
      params: { org: "other" },
      body: { slug: "new-name" },
    });
    expect(clash.outcome).toEqual([409, "slug_taken"]);
  });

  it("take the same slug from a tenant's own key, and no other", async () => {
    const { id } = (await create({ slug: "tenant", name: "Tenant" })).as(organization);
    const body = { name: "key", organization: "tenant" };
    const { key } = (await api.call("createApiKey", { body })).as(createdApiKey);
    const update = (patch: object) =>
      api.call("updateOrganization", { params: { org: id }, body: patch, key });
    expect((await update({ slug: "tenant", name: "Renamed" })).body).toMatchObject({ name: "Renamed" });
    const refused = await update({ slug: "free", name: "Again" });
    expect(refused.outcome).toEqual([403, "key_scope_insufficient"]);
    expect(refused.body).toMatchObject({ errors: [{ field: "slug" }] });
    const shown = await api.call("getOrganization", { params: { org: id } });
    expect(shown.body).toMatchObject({ slug: "tenant", name: "Renamed" });
  });

  it("walk all of them, page by page, in the order of their creation", async () => {
    const slugs: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = cursor === null ? { limit: "2" } : { limit: "2", cursor };
      const { body } = await api.call("listOrganizations", { query });
      const page = body as { items: { slug: string }[]; nextCursor: string | null };
      expect(page.items.length).toBeLessThanOrEqual(2);
      slugs.push(...page.items.map((item) => item.slug));
      cursor = page.nextCursor;
    } while (cursor !== null);
    const rows = await api.deps.database.prisma.organization.findMany({
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    });
    expect(slugs).toEqual(rows.map((row) => row.slug));
  });
});
