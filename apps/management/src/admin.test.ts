import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createdApiKey } from "./resources/api-keys/schema.ts";
import { startApi, type TestApi } from "./testing/api.ts";
import { insertApiKey } from "./testing/world.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const authorized = (path: string, init: RequestInit = {}) =>
  fetch(`${api.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${api.rootKey}`, ...init.headers },
  });

describe("the router", () => {
  it("serves its document to everyone", async () => {
    const response = await fetch(`${api.url}/openapi.json`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      openapi: "3.1.0",
      servers: [{ url: "https://sso.example.com/api/v1" }],
    });
  });

  it.each(["/v1/nothing", "/v2/organizations", "/", "/v1/organizations/", "/v1/Organizations"])(
    "answers 404 to %s",
    async (path) => {
      const response = await authorized(path);
      expect([response.status, await response.json()]).toMatchObject([404, { code: "route_not_found" }]);
      expect(response.headers.get("content-type")).toContain("application/problem+json");
    },
  );

  it("answers 405, and what the path does take, to another method", async () => {
    const response = await authorized("/v1/organizations", { method: "PUT" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST, GET"]);
    expect(await response.json()).toMatchObject({ code: "method_not_allowed" });
  });

  it("answers 400 to a path with a broken escape", async () => {
    expect((await authorized("/v1/organizations/%E0%A4%A")).status).toBe(400);
  });

  it("keeps its answers out of every cache", async () => {
    expect((await authorized("/v1/organizations")).headers.get("cache-control")).toBe("no-store");
  });

  it("takes a compressed body, but not one that grows beyond the limit", async () => {
    const { gzipSync } = await import("node:zlib");
    const send = (body: unknown) =>
      authorized("/v1/organizations", {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8", "content-encoding": "gzip" },
        body: gzipSync(JSON.stringify(body)),
      });
    expect((await send({ slug: "zipped", name: "Zipped" })).status).toBe(201);
    expect((await send({ slug: "bomb", name: "x".repeat(3_000_000) })).status).toBe(413);
  });

  it("hides what went wrong on its side, and logs it", async () => {
    const { prisma } = api.deps.database;
    const reply = await api.call("createOrganization", { body: { slug: "broken", name: "Broken" } });
    expect(reply.status).toBe(201);
    await prisma.$executeRaw`
      INSERT INTO connections (id, organization_id, type, name, settings, updated_at)
      SELECT gen_random_uuid(), id, 'saml', 'Broken', '{"not":"settings"}', now()
      FROM organizations WHERE slug = 'broken'`;
    const response = await authorized("/v1/organizations/broken/connections");
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ code: "internal_error" });
    expect(text).not.toMatch(/idpEntityId|\.ts:|ZodError/);
    expect(api.log.join("")).toContain("idpEntityId");
  });
});

describe("API keys", () => {
  it("open what the root key opens, until they are revoked", async () => {
    const { id, key } = (await api.call("createApiKey", { body: { name: "Deploy" } })).as(createdApiKey);
    expect((await api.call("listApplications", { key })).status).toBe(200);
    expect((await api.call("revokeApiKey", { params: { keyId: id } })).status).toBe(204);
    expect((await api.call("listApplications", { key })).outcome).toEqual([401, "key_invalid"]);
    const again = await api.call("revokeApiKey", { params: { keyId: id } });
    expect(again.outcome).toEqual([404, "key_not_found"]);
  });

  it("end when they expire", async () => {
    const expiresAt = new Date(api.clock.now.getTime() + 60_000);
    const { key } = await insertApiKey(api, { expiresAt });
    expect((await api.call("listApplications", { key })).status).toBe(200);
    api.clock.now = expiresAt;
    expect((await api.call("listApplications", { key })).outcome).toEqual([401, "key_invalid"]);
  });

  it("tell when they were used, to the minute", async () => {
    const { id, key } = await insertApiKey(api, {});
    const usedAt = async () =>
      (await api.deps.database.prisma.apiKey.findUniqueOrThrow({ where: { id } })).lastUsedAt;
    const first = api.clock.now;
    await api.call("listApplications", { key });
    expect(await usedAt()).toEqual(first);
    api.clock.now = new Date(first.getTime() + 59_000);
    await api.call("listApplications", { key });
    expect(await usedAt()).toEqual(first);
    api.clock.now = new Date(first.getTime() + 60_000);
    await api.call("listApplications", { key });
    expect(await usedAt()).toEqual(api.clock.now);
  });

  it("are stored as digests, and listed without", async () => {
    const { id, key } = (await api.call("createApiKey", { body: { name: "Secret" } })).as(createdApiKey);
    const row = await api.deps.database.prisma.apiKey.findUniqueOrThrow({ where: { id } });
    expect(JSON.stringify(row)).not.toContain(key);
    const list = await api.call("listApiKeys");
    expect(list.body).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ id })]) });
    expect(JSON.stringify(list.body)).not.toMatch(new RegExp(`${key}|digest`));
  });

  it("of an organization need one that exists", async () => {
    const reply = await api.call("createApiKey", { body: { name: "Lost", organization: "nobody" } });
    expect(reply.outcome).toEqual([404, "organization_not_found"]);
  });

  it.each(["Basic cm9vdA==", "Bearer", "Bearer a b", `Bearer ${"x".repeat(200)}\u00e9`])(
    "are asked for when the header is %j",
    async (authorization) => {
      const response = await fetch(`${api.url}/v1/applications`, { headers: { authorization } });
      expect([response.status, await response.json()]).toMatchObject([
        401,
        { code: "authentication_required" },
      ]);
    },
  );
});
