import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageOf } from "../../api/page.ts";
import { startApi, type TestApi } from "../../testing/api.ts";
import { organization } from "../organizations/schema.ts";
import { reservedSlug } from "./schema.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const create = (slug: string) => api.call("createOrganization", { body: { slug, name: slug } });
const rename = (org: string, slug: string) =>
  api.call("updateOrganization", { params: { org }, body: { slug } });
const remove = (org: string) => api.call("deleteOrganization", { params: { org } });

async function reserved(slug: string) {
  const { items } = (await api.call("listReservedSlugs", { query: { slug } })).as(pageOf(reservedSlug));
  return items[0];
}

describe("a slug that an organization no longer has", () => {
  it("is nobody else's after a change", async () => {
    const { id } = (await create("one")).as(organization);
    await create("two");
    expect((await rename("one", "one-now")).status).toBe(200);
    expect((await create("one")).outcome).toEqual([409, "slug_reserved"]);
    expect((await rename("two", "one")).outcome).toEqual([409, "slug_reserved"]);
    expect(await reserved("one")).toMatchObject({ slug: "one", organizationId: id });
    const unmade = await api.call("getOrganization", { params: { org: "one" } });
    expect(unmade.outcome).toEqual([404, "organization_not_found"]);
  });

  it("is nobody else's after the organization was deleted", async () => {
    await create("gone");
    expect((await remove("gone")).status).toBe(204);
    expect((await create("gone")).outcome).toEqual([409, "slug_reserved"]);
  });

  it("is taken again by whoever had it", async () => {
    await create("back");
    await rename("back", "forth");
    expect((await rename("forth", "back")).body).toMatchObject({ slug: "back" });
    expect(await reserved("back")).toBeUndefined();
    expect(await reserved("forth")).toBeDefined();
  });

  it("is free once an operator frees it", async () => {
    const { id } = (await create("freed")).as(organization);
    await remove("freed");
    const reservedSlugId = (await reserved("freed"))?.id ?? "";
    expect((await api.call("freeReservedSlug", { params: { reservedSlugId } })).status).toBe(204);
    const event = await api.deps.database.prisma.event.findFirstOrThrow({
      where: { type: "organization.slug_freed" },
    });
    expect(event).toMatchObject({ resourceId: id, before: { slug: "freed" } });
    expect((await create("freed")).status).toBe(201);
    const again = await api.call("freeReservedSlug", { params: { reservedSlugId } });
    expect(again.outcome).toEqual([404, "reserved_slug_not_found"]);
  });

  it("goes to none of fifty who wait for the moment of its release", async () => {
    await create("race");
    const [renamed, ...created] = await Promise.all([
      rename("race", "race-now"),
      ...Array.from({ length: 50 }, () => create("race")),
    ]);
    expect(renamed?.status).toBe(200);
    expect(created.map(({ status }) => status)).toEqual(Array(50).fill(409));
  });
});
