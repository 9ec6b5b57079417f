import { newId } from "@sallyport/database";
import { digestToken, newToken } from "@sallyport/secrets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, insertDirectoryMember, keyOf, type World } from "../../testing/world.ts";
import { directoryPlan } from "./plan.ts";
import { createdDirectory, createdDirectoryClient, createdDirectoryToken } from "./schema.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());

const org = { org: "acme" };
const create = async (body: unknown = { name: "Okta", provider: "okta" }) =>
  (await api.call("createDirectory", { params: org, body })).as(createdDirectory);

const DEFAULTS = { extensions: [], publicDiscovery: false, basicAuthentication: false };

describe("createDirectory", () => {
  it("gives a base URL, and a token that is shown this once", async () => {
    const made = await create();
    expect(made).toMatchObject({
      provider: "okta",
      status: "active",
      baseUrl: `https://sso.example.com/scim/v2/${made.id}`,
      token: expect.stringMatching(/^scim_/),
    });
    const { digest } = await api.deps.database.prisma.directoryToken.findFirstOrThrow({
      where: { directoryId: made.id },
    });
    expect(Buffer.from(digest)).toEqual(digestToken(made.token));
    const params = { ...org, directoryId: made.id };
    const shown = [
      await api.call("getDirectory", { params }),
      await api.call("listDirectoryTokens", { params }),
    ];
    const text = JSON.stringify(shown.map((reply) => reply.body));
    expect(text).not.toContain(made.token);
    expect(text).toContain(made.token.slice(-4));
  });

  it.each([
    { name: "" },
    {},
    { name: "x", provider: "ldap" },
    { name: "x", settings: { accessTokenSeconds: 60 } },
  ])("refuses %j", async (body) => {
    const reply = await api.call("createDirectory", { params: org, body });
    expect(reply.outcome).toEqual([400, "input_invalid"]);
  });
});

describe("a directory in review", () => {
  it("takes pushes, has a plan of what would be, and is activated once", async () => {
    const made = await create({ name: "Entra", provider: "entra", inReview: true });
    expect(made).toMatchObject({ inReview: true, status: "active" });
    const params = { ...org, directoryId: made.id };
    const plan = (await api.call("planDirectory", { params, query: { state: "losing" } })).as(directoryPlan);
    expect(plan).toMatchObject({ inReview: true, counts: { new: 0 }, access: { people: 0 }, items: [] });
    expect((await api.call("updateDirectory", { params, body: { inReview: false } })).outcome).toEqual([
      400,
      "input_invalid",
    ]);
    const disabled = await api.call("updateDirectory", { params, body: { status: "disabled" } });
    expect(disabled.body).toMatchObject({ inReview: true, status: "disabled" });
    const activated = await api.call("activateDirectory", { params });
    expect([activated.status, activated.body]).toMatchObject([200, { inReview: false }]);
    expect((await api.call("activateDirectory", { params })).outcome).toEqual([
      409,
      "directory_not_in_review",
    ]);
    const later = (await api.call("planDirectory", { params })).as(directoryPlan);
    expect(later).toMatchObject({ inReview: false, counts: { new: 0 } });
  });

  it("is not activated by the setup link that made it", async () => {
    const made = await create({ name: "Entra", inReview: true });
    const params = { ...org, directoryId: made.id };
    const reply = await api.call("activateDirectory", { params, ...keyOf(acme, "getSetup") });
    expect(reply.status).toBe(403);
  });
});

describe("tokens", () => {
  const createToken = (directoryId: string, body?: unknown) =>
    api.call("createDirectoryToken", { params: { ...org, directoryId }, body });

  it("are two at most, so that one takes over from the other", async () => {
    const { id } = await create();
    const second = (await createToken(id)).as(createdDirectoryToken);
    expect((await createToken(id)).outcome).toEqual([409, "tokens_too_many"]);
    const params = { ...org, directoryId: id, tokenId: second.id };
    expect((await api.call("revokeDirectoryToken", { params })).status).toBe(204);
    expect((await api.call("revokeDirectoryToken", { params })).outcome).toEqual([404, "token_not_found"]);
    expect((await createToken(id)).status).toBe(201);
  });

  it("are two at most, however many are asked for at once", async () => {
    const { id } = await create();
    const replies = await Promise.all(Array.from({ length: 10 }, () => createToken(id)));
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1);
  });

  it("make room when they expire", async () => {
    const { id } = await create();
    const expiresAt = new Date(api.clock.now.getTime() + 60_000);
    const made = (await createToken(id, { expiresAt: expiresAt.toISOString() })).as(createdDirectoryToken);
    expect(made.expiresAt).toBe(expiresAt.toISOString());
    expect((await createToken(id)).outcome).toEqual([409, "tokens_too_many"]);
    api.clock.now = expiresAt;
    expect((await createToken(id)).status).toBe(201);
  });

  it("are not revoked through another directory", async () => {
    const [one, two] = [await create(), await create()];
    const token = await api.deps.database.prisma.directoryToken.findFirstOrThrow({
      where: { directoryId: one.id },
    });
    const params = { ...org, directoryId: two.id, tokenId: token.id };
    expect((await api.call("revokeDirectoryToken", { params })).outcome).toEqual([404, "token_not_found"]);
  });
});

describe("OAuth clients", () => {
  const createClient = (directoryId: string) =>
    api.call("createDirectoryClient", { params: { ...org, directoryId } });

  it("are two at most, shown with their secret once", async () => {
    const { id } = await create();
    const made = (await createClient(id)).as(createdDirectoryClient);
    expect(made).toMatchObject({
      clientId: made.id,
      tokenUrl: expect.stringContaining(`/scim/v2/${id}/oauth2/token`),
    });
    expect((await createClient(id)).status).toBe(201);
    expect((await createClient(id)).outcome).toEqual([409, "clients_too_many"]);
    const listed = await api.call("listDirectoryClients", { params: { ...org, directoryId: id } });
    expect(JSON.stringify(listed.body)).not.toContain(made.clientSecret);
    expect(JSON.stringify(listed.body)).toContain(made.clientSecret.slice(-4));
  });

  it("are two at most, however many are asked for at once", async () => {
    const { id } = await create();
    const replies = await Promise.all(Array.from({ length: 10 }, () => createClient(id)));
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(2);
  });

  it("end with what they were issued, which is no token of the directory's list", async () => {
    const { id: directoryId } = await create();
    const { clientId } = (await createClient(directoryId)).as(createdDirectoryClient);
    const { prisma } = api.deps.database;
    for (const digest of ["one", "two"]) {
      const data = { id: newId(), organizationId: acme.organizationId, directoryId, clientId, hint: "x" };
      await prisma.directoryToken.create({
        data: { ...data, digest: new Uint8Array(digestToken(newToken(digest))), expiresAt: new Date(9e12) },
      });
    }
    const params = { ...org, directoryId };
    const { items } = (await api.call("listDirectoryTokens", { params })).body as { items: { id: string }[] };
    expect(items).toHaveLength(1);
    expect((await api.call("createDirectoryToken", { params })).status).toBe(201);
    const issued = await prisma.directoryToken.findFirstOrThrow({ where: { clientId } });
    const revokeToken = { params: { ...params, tokenId: issued.id } };
    expect((await api.call("revokeDirectoryToken", revokeToken)).outcome).toEqual([404, "token_not_found"]);

    const revoke = { params: { ...params, clientId } };
    expect((await api.call("revokeDirectoryClient", revoke)).status).toBe(204);
    expect(await prisma.directoryToken.count({ where: { clientId, revokedAt: null } })).toBe(0);
    expect((await api.call("revokeDirectoryClient", revoke)).outcome).toEqual([404, "client_not_found"]);
    expect((await createClient(directoryId)).status).toBe(201);
  });

  it("end with their directory", async () => {
    const { id } = await create();
    const { clientId } = (await createClient(id)).as(createdDirectoryClient);
    await api.call("deleteDirectory", { params: { ...org, directoryId: id } });
    const { prisma } = api.deps.database;
    expect(
      (await prisma.directoryClient.findUniqueOrThrow({ where: { id: clientId } })).revokedAt,
    ).not.toBeNull();
    expect((await createClient(id)).outcome).toEqual([404, "directory_not_found"]);
  });
});

describe("settings", () => {
  const costCenter = {
    id: "urn:acme:scim:1.0:User",
    name: "Acme",
    resourceType: "User",
    attributes: [{ name: "costCenter" }],
  };

  it("are the defaults, or what was given, and replaced as a whole", async () => {
    const { id } = await create();
    const params = { ...org, directoryId: id };
    const settingsOf = async () =>
      ((await api.call("getDirectory", { params })).body as { settings: object }).settings;
    expect(await settingsOf()).toEqual({ ...DEFAULTS, accessTokenSeconds: 3600 });
    const settings = { extensions: [costCenter], rateLimit: { perSecond: 50, burst: 200 } };
    expect((await api.call("updateDirectory", { params, body: { settings } })).status).toBe(200);
    expect(await settingsOf()).toMatchObject({ ...settings, accessTokenSeconds: 3600 });
    await api.call("updateDirectory", { params, body: { settings: { accessTokenSeconds: 7200 } } });
    expect(await settingsOf()).toEqual({ ...DEFAULTS, accessTokenSeconds: 7200 });
  });

  it.each([
    { accessTokenSeconds: 6 * 3600 + 1 },
    { rateLimit: { perSecond: 0, burst: 1 } },
    { rateLimit: { perSecond: 1 } },
    { extensions: [{ ...costCenter, id: "no urn" }] },
    { extensions: [{ ...costCenter, id: "urn:ietf:params:scim:schemas:core:2.0:User" }] },
    { extensions: [{ ...costCenter, attributes: [{ name: "constructor" }] }] },
    { extensions: [costCenter, { ...costCenter, id: costCenter.id.toUpperCase() }] },
    { unknown: true },
  ])("refuse %j", async (settings) => {
    const { id } = await create();
    const reply = await api.call("updateDirectory", {
      params: { ...org, directoryId: id },
      body: { settings },
    });
    expect(reply.outcome).toEqual([400, "input_invalid"]);
  });
});

describe("deleteDirectory", () => {
  it("ends its tokens and leaves its users and groups for the reconciler to undo", async () => {
    const { id } = await create();
    const pushed = await insertDirectoryMember(
      api,
      { ...acme, directoryId: id },
      { email: "pushed@acme.com", group: "Staff" },
    );
    const kept = await insertDirectoryMember(api, acme, { email: "kept@acme.com", group: "Other" });
    api.reconciled.length = 0;
    const params = { ...org, directoryId: id };
    expect((await api.call("deleteDirectory", { params })).status).toBe(204);

    expect(api.reconciled).toEqual([acme.organizationId]);
    const { prisma } = api.deps.database;
    const user = await prisma.directoryUser.findUniqueOrThrow({ where: { id: pushed.directoryUserId } });
    expect(user).toMatchObject({ userNameKey: null, deletedAt: api.clock.now });
    const group = await prisma.directoryGroup.findUniqueOrThrow({ where: { id: pushed.groupId } });
    expect(group.deletedAt).toEqual(api.clock.now);
    const [markedUsers, markedGroups] = [
      await prisma.dirtyDirectoryUser.findMany(),
      await prisma.dirtyDirectoryGroup.findMany(),
    ];
    expect(markedUsers.map(({ directoryUserId }) => directoryUserId)).toEqual([pushed.directoryUserId]);
    expect(markedGroups.map(({ directoryGroupId }) => directoryGroupId)).toEqual([pushed.groupId]);
    expect(await prisma.directoryToken.count({ where: { directoryId: id, revokedAt: null } })).toBe(0);
    const untouched = await prisma.directoryUser.findUniqueOrThrow({ where: { id: kept.directoryUserId } });
    expect(untouched.deletedAt).toBeNull();
  });

  it("takes it out of sight", async () => {
    const { id } = await create();
    const params = { ...org, directoryId: id };
    await api.call("deleteDirectory", { params });
    const operations = [
      "getDirectory",
      "deleteDirectory",
      "listDirectoryTokens",
      "createDirectoryToken",
      "listScimRequests",
    ];
    for (const operationId of operations) {
      expect((await api.call(operationId, { params })).outcome).toEqual([404, "directory_not_found"]);
    }
    const patched = await api.call("updateDirectory", { params, body: { status: "active" } });
    expect(patched.outcome).toEqual([404, "directory_not_found"]);
    expect(JSON.stringify((await api.call("listDirectories", { params: org })).body)).not.toContain(id);
  });
});

it("disables a directory", async () => {
  const { id } = await create();
  const params = { ...org, directoryId: id };
  const patched = await api.call("updateDirectory", { params, body: { status: "disabled", name: "Off" } });
  expect(patched.body).toMatchObject({ status: "disabled", name: "Off" });
});
