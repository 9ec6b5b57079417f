import { createEventReader } from "@sallyport/events/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Reply, startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, SAML, type World } from "../../testing/world.ts";
import { createdApiKey } from "../api-keys/schema.ts";
import { createdSetupLink, setup, setupLink } from "./schema.ts";

let api: TestApi;
let acme: World;
let bravo: World;
const params = { org: "acme" };
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  bravo = await createWorld(api, "bravo");
}, 60_000);
afterAll(() => api.close());

const create = (body: object, key?: string): Promise<Reply> =>
  api.call("createSetupLink", { params, body, ...(key === undefined ? {} : { key }) });

/** A new link, with the token that its URL holds. */
async function linkOf(body: object) {
  const link = (await create(body)).as(createdSetupLink);
  return { ...link, token: link.url.slice(`${api.deps.publicUrl}/setup/`.length) };
}

describe("a setup link", () => {
  it("holds its token in the URL of the page, and lives for 30 days", async () => {
    const reader = createEventReader(api.deps.database.sql);
    await reader.next();
    const link = await linkOf({ intents: ["sso", "domain", "sso"], name: "For Ann" });
    expect(link.url).toBe(`${api.deps.publicUrl}/setup/${link.token}`);
    expect(link.token).toMatch(/^sp_setup_[\w-]{43}$/);
    expect(Date.parse(link.expiresAt) - Date.parse(link.createdAt)).toBe(30 * 24 * 60 * 60 * 1000);
    expect(await reader.next()).toMatchObject([
      {
        type: "setup_link.created",
        resource: { id: link.id },
        after: { name: "For Ann", intents: ["sso", "domain"], expiresAt: link.expiresAt },
      },
    ]);
    const listed = await api.call("listSetupLinks", { params, query: { limit: "1" } });
    expect(listed.body).toMatchObject({ items: [{ id: link.id, name: "For Ann" }] });
    expect(JSON.stringify(listed.body)).not.toContain(link.token);
  });

  it.each([
    ["no intent", { intents: [] }, "intents"],
    ["an unknown intent", { intents: ["members"] }, "intents.0"],
    ["more than a year", { intents: ["sso"], expiresInDays: 366 }, "expiresInDays"],
  ])("is refused with %s", async (_name, body, field) => {
    const reply = await create(body);
    expect(reply.outcome).toEqual([400, "input_invalid"]);
    expect(reply.body).toMatchObject({ errors: [{ field }] });
  });

  it("is about a connection that there is, where it names one of its organization", async () => {
    const { token } = await linkOf({ intents: ["certificate"], connectionId: acme.connectionId });
    const own = (await api.call("getSetup", { key: token })).as(setup);
    expect(own.connection.id).toBe(acme.connectionId);
    const foreign = await create({ intents: ["certificate"], connectionId: bravo.connectionId });
    expect(foreign.outcome).toEqual([404, "connection_not_found"]);
  });

  it("may do no more than who made it", async () => {
    const { key } = (
      await api.call("createApiKey", {
        body: {
          name: "Domains",
          organization: "acme",
          permissions: ["setup_links.write", "organization.read", "domains.read", "domains.write"],
        },
      })
    ).as(createdApiKey);
    expect((await create({ intents: ["domain"] }, key)).status).toBe(201);
    const refused = await create({ intents: ["domain", "sso"] }, key);
    expect(refused.outcome).toEqual([403, "permission_missing"]);
    expect(refused.body).toMatchObject({ errors: [{ field: "intents" }] });
  });
});

describe("whoever holds a link", () => {
  let sso: string;
  beforeEach(async () => {
    sso = (await linkOf({ intents: ["sso"], name: "For Ann" })).token;
  });

  it("reads what it is for", async () => {
    const reply = (await api.call("getSetup", { key: sso })).as(setup);
    expect(reply).toMatchObject({
      link: { name: "For Ann", intents: ["sso"] },
      organization: { id: acme.organizationId, slug: "acme", name: "acme" },
      progress: {},
    });
    expect(reply.permissions).toEqual([
      "organization.read",
      "connections.read",
      "connections.write",
      "login_records.read",
    ]);
  });

  it("sets up a connection, under the link's name in the audit trail", async () => {
    const reader = createEventReader(api.deps.database.sql);
    await reader.next();
    const body = { type: "saml", name: "Okta", provider: "okta", saml: SAML };
    expect((await api.call("createConnection", { params, body, key: sso })).status).toBe(201);
    const { link } = (await api.call("getSetup", { key: sso })).as(setup);
    expect(await reader.next()).toMatchObject([
      { type: "connection.created", actor: { type: "setupLink", id: link.id } },
    ]);
  });

  it.each([
    "listMembers",
    "listDirectories",
    "listDomains",
    "listAuditEvents",
    "listSetupLinks",
    "createSetupLink",
  ])("may not %s by a link for a connection", async (operationId) => {
    const body = operationId === "createSetupLink" ? { intents: ["sso"] } : undefined;
    const reply = await api.call(operationId, { params, key: sso, ...(body === undefined ? {} : { body }) });
    expect(reply.outcome).toEqual([403, "permission_missing"]);
  });

  it("sees no other organization, and nothing of the gateway", async () => {
    const foreign = await api.call("listConnections", { params: { org: bravo.org }, key: sso });
    expect(foreign.outcome).toEqual([404, "organization_not_found"]);
    expect((await api.call("listApplications", { key: sso })).outcome).toEqual([
      403,
      "key_scope_insufficient",
    ]);
  });

  it("finds in any browser what the page was told to remember", async () => {
    const progress = { provider: "okta", step: "test", done: ["create"] };
    expect((await api.call("saveSetupProgress", { body: { progress }, key: sso })).status).toBe(204);
    expect((await api.call("getSetup", { key: sso })).as(setup).progress).toEqual(progress);
    const huge = await api.call("saveSetupProgress", {
      body: { progress: { note: "x".repeat(16 * 1024) } },
      key: sso,
    });
    expect(huge.outcome).toEqual([400, "input_invalid"]);
  });

  it("is refused once it is revoked or has expired", async () => {
    const link = await linkOf({ intents: ["sso"], expiresInDays: 1 });
    const revoke = () => api.call("revokeSetupLink", { params: { ...params, setupLinkId: link.id } });
    expect((await api.call("getSetup", { key: link.token })).status).toBe(200);
    expect((await revoke()).status).toBe(204);
    expect((await revoke()).outcome).toEqual([404, "setup_link_not_found"]);
    expect((await api.call("getSetup", { key: link.token })).outcome).toEqual([401, "key_invalid"]);

    const old = await linkOf({ intents: ["sso"] });
    await api.deps.database.prisma.setupLink.update({
      where: { id: old.id },
      data: { expiresAt: api.deps.now() },
    });
    expect((await api.call("getSetup", { key: old.token })).outcome).toEqual([401, "key_invalid"]);
  });
});

it("a link of another organization cannot be revoked", async () => {
  const link = (await create({ intents: ["sso"] })).as(setupLink);
  const foreign = await api.call("revokeSetupLink", { params: { org: "bravo", setupLinkId: link.id } });
  expect(foreign.outcome).toEqual([404, "setup_link_not_found"]);
});

it("a key is no link", async () => {
  for (const key of [api.rootKey, acme.key]) {
    expect((await api.call("getSetup", { key })).outcome).toEqual([403, "setup_link_required"]);
    const saved = await api.call("saveSetupProgress", { body: { progress: {} }, key });
    expect(saved.outcome).toEqual([403, "setup_link_required"]);
  }
});
