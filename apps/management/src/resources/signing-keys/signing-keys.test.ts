import { newId } from "@sallyport/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { rotated, signingKey } from "./schema.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const keys = () => api.deps.database.prisma.signingKey.findMany({ orderBy: { createdAt: "asc" } });
const events = async () => (await api.call("listGatewayAuditEvents")).body;
const rotate = async (body: object) => (await api.call("rotateSigningKeys", { body })).as(rotated).id;

it("lists the keys without their private half", async () => {
  const [first] = await keys();
  const { body } = await api.call("listSigningKeys");
  expect(body).toMatchObject({ items: [{ id: first?.id, algorithm: "ES256", retiredAt: null }] });
  expect(first?.privateJwk).toMatch(/^s1\./);
  expect(JSON.stringify(body)).not.toContain(first?.privateJwk);
});

it("rotates, soon or at once, and records it", async () => {
  const soon = await rotate({});
  const now = await rotate({ immediately: true });
  const retired = new Map((await keys()).map((key) => [key.id, key.retiredAt]));
  expect(retired.get(soon)).toEqual(api.clock.now);
  expect(retired.get(now)).toBeNull();
  expect(await events()).toMatchObject({
    items: [
      { type: "signing_key.rotated", resource: { id: now }, data: { immediately: true } },
      { type: "signing_key.rotated", resource: { id: soon } },
    ],
  });
});

it("distrusts one, once, with one event that names what takes over", async () => {
  const only = await rotate({ immediately: true });
  const before = (await keys()).length;
  for (const _ of ["once", "again"]) {
    const reply = await api.call("distrustSigningKey", { params: { kid: only } });
    expect(reply.as(signingKey)).toMatchObject({ id: only, distrustedAt: api.clock.now.toISOString() });
  }
  const all = await keys();
  expect(all.length).toBe(before + 1);
  expect(all.find((key) => key.id === only)).toMatchObject({ privateJwk: null });
  const successor = all.find((key) => key.retiredAt === null);
  expect(await events()).toMatchObject({
    items: [
      { type: "signing_key.distrusted", resource: { id: only }, data: { successor: successor?.id } },
      { type: "signing_key.rotated" },
      { type: "signing_key.rotated" },
      { type: "signing_key.rotated" },
    ],
  });
});

it("knows no other key", async () => {
  for (const kid of ["x".repeat(43), "\0".repeat(43), newId()]) {
    const reply = await api.call("distrustSigningKey", { params: { kid } });
    expect(reply.outcome).toEqual([404, "kid_not_found"]);
  }
});
