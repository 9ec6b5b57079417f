import { newId } from "@sallyport/database";
import { createTestIdp } from "@sallyport/saml/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { pageOf } from "../../api/page.ts";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, insertSession, type World } from "../../testing/world.ts";
import { organization } from "../organizations/schema.ts";
import { organizationHealth, overview } from "./schema.ts";

const MINUTE_MS = 60_000;

let api: TestApi;
let acme: World;
let bravo: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  bravo = await createWorld(api, "bravo");
});
afterAll(() => api.close());

async function insertAttempt(world: World, outcome: string, minutesAgo: number): Promise<void> {
  const { organizationId, connectionId } = world;
  await api.deps.database.prisma.loginRecord.create({
    data: {
      ...{ id: newId(), organizationId, connectionId, requestId: newId(), outcome, steps: [] },
      createdAt: new Date(api.clock.now.getTime() - minutesAgo * MINUTE_MS),
    },
  });
}

describe("the overview", () => {
  const get = async (org = "acme") =>
    (await api.call("getOrganizationOverview", { params: { org } })).as(overview);

  it("tells of connections, directories, conflicts and what waits", async () => {
    const { organizationId, directoryId } = acme;
    await api.deps.database.prisma.session.deleteMany({ where: { organizationId } });
    expect((await get()).lastLoginAt).toBeNull();
    await insertSession(api, acme);
    await api.deps.database.prisma.dirtyDirectoryUser.createMany({
      data: [60_000, 30_000].map((age) => ({
        ...{
          organizationId,
          directoryUserId: directoryId,
          markedAt: new Date(api.clock.now.getTime() - age),
        },
      })),
    });
    const nested = { displayName: "Deep", displayNameKey: "deep", nestingLimit: "depth" } as const;
    await api.deps.database.prisma.directoryGroup.create({
      data: { id: newId(), organizationId, directoryId, resource: {}, ...nested },
    });
    const found = await get();
    expect(found).toMatchObject({
      connections: { active: 1, disabled: 0 },
      directory: { active: 1, disabled: 0, pending: 1, lagSeconds: 60 },
      openConflicts: 1,
      limitedGroups: 1,
      heldChanges: 1,
    });
    expect(found.lastLoginAt).not.toBeNull();
    await api.call("updateConnection", { params: { ...acme }, body: { status: "disabled" } });
    await api.call("resolveConflict", { params: { ...acme }, body: { action: "keepApart" } });
    await api.call("rejectHeldChange", { params: { ...acme } });
    expect(await get()).toMatchObject({
      ...{ connections: { active: 0, disabled: 1 }, openConflicts: 0, heldChanges: 0 },
    });
    await api.call("updateConnection", { params: { ...acme }, body: { status: "active" } });
    expect(await get("bravo")).toMatchObject({
      openConflicts: 1,
      limitedGroups: 0,
      directory: { pending: 0, lagSeconds: 0 },
    });
  });

  it("tells of certificates that end soon, the first to end first", async () => {
    const idp = createTestIdp();
    await api.call("createConnection", {
      params: { org: "bravo" },
      body: { type: "saml", name: "Second", saml: { metadataXml: idp.metadata() } },
    });
    const all = (await get("bravo")).certificates;
    expect(all).toEqual(all.toSorted((one, other) => one.notAfter.localeCompare(other.notAfter)));
    const before = api.clock.now;
    api.clock.now = new Date(Date.UTC(2100, 0, 1));
    const later = (await get("bravo")).certificates;
    api.clock.now = before;
    expect(later.map(({ connection, of }) => `${connection} ${of}`)).toEqual(
      expect.arrayContaining(["Second identityProvider", "IdP identityProvider", "IdP gateway"]),
    );
    expect(later.every(({ expiresInDays }) => expiresInDays < 60)).toBe(true);
  });

  it("names a connection by which everybody failed of late, until somebody succeeds", async () => {
    const { organizationId, connectionId } = acme;
    const failing = async () => (await get()).connections.failing;
    await api.deps.database.prisma.loginRecord.deleteMany({ where: { organizationId } });
    await insertAttempt(acme, "success", 25 * 60);
    await insertAttempt(acme, "started", 4);
    await insertAttempt(bravo, "failure", 4);
    expect(await failing()).toEqual([]);
    await insertAttempt(acme, "failure", 3);
    await insertAttempt(acme, "failure", 2);
    expect(await failing()).toEqual([{ connectionId, connection: "IdP", failures: 2 }]);
    await insertAttempt(acme, "success", 1);
    expect(await failing()).toEqual([]);
  });
});

describe("the health of organizations", () => {
  const list = async (query: Record<string, string>, key?: string) =>
    (await api.call("listOrganizationHealth", { query, ...(key === undefined ? {} : { key }) })).as(
      pageOf(organizationHealth),
    );

  it("is each one's overview, page by page, in the order of the list", async () => {
    const all = (await api.call("listOrganizations", {})).as(pageOf(organization)).items;
    const found: z.output<typeof organizationHealth>[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await list({ limit: "1", ...(cursor == null ? {} : { cursor }) });
      expect(page.items).toHaveLength(1);
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(found.map((each) => each.organization.id)).toEqual(all.map(({ id }) => id));
    for (const { organization: of, ...health } of found) {
      const alone = await api.call("getOrganizationOverview", { params: { org: of.id } });
      expect(health).toEqual(alone.as(overview));
    }
  });

  it.each(["aCm", "ACME.exam", "me"])("is found by a part of name, slug or domain: %s", async (search) => {
    await api.call("addDomain", { params: { org: "acme" }, body: { name: "acme.example.net" } });
    const { items } = await list({ search });
    expect(items.map((each) => each.organization.slug)).toEqual(["acme"]);
    const byName = (await api.call("listOrganizations", { query: { search } })).as(pageOf(organization));
    expect(byName.items.map(({ slug }) => slug)).toEqual(["acme"]);
  });

  it("takes what is searched for by the letter, and shows a key nothing beyond its own", async () => {
    expect((await list({ search: "%" })).items).toEqual([]);
    expect((await list({ search: "acme" }, bravo.key)).items).toEqual([]);
    expect((await list({}, bravo.key)).items.map((each) => each.organization.slug)).toEqual(["bravo"]);
  });
});
