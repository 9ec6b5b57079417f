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
const rotate = async (body: object) => (await api.call("rotateSigningKeys", { body })).as(rotated);

it("lists the keys without their private half", async () => {
  const { body } = await api.call("listSigningKeys");
  expect(body).toMatchObject({
    items: expect.arrayContaining([
      expect.objectContaining({ algorithm: "ES256", retiredAt: null }),
      expect.objectContaining({ algorithm: "RS256", retiredAt: null }),
    ]),
  });
  for (const key of await keys()) {
    expect(JSON.stringify(body)).toContain(key.id);
    expect(key.privateJwk).toMatch(/^s1\./);
    expect(JSON.stringify(body)).not.toContain(key.privateJwk);
  }
});

it("rotates, soon or at once, and records it", async () => {
  const soon = await rotate({});
  const now = await rotate({ immediately: true });
  const made = new Map((await keys()).map((key) => [key.id, key]));
  expect(soon.keys.map(({ id }) => made.get(id)?.retiredAt)).toEqual([api.clock.now, api.clock.now]);
  for (const { id, algorithm } of now.keys) {
    expect(made.get(id)).toMatchObject({ algorithm, retiredAt: null });
  }
  expect(now.keys.map(({ algorithm }) => algorithm)).toEqual(["RS256", "ES256"]);
  expect(now.id).toBe(now.keys[1]?.id);
  const recorded = (ids: typeof now, immediately: boolean) =>
    ids.keys
      .toReversed()
      .map(({ id }) => ({ type: "signing_key.rotated", resource: { id }, data: { immediately } }));
  expect(await events()).toMatchObject({ items: [...recorded(now, true), ...recorded(soon, false)] });
});

it.each([0, 1])("distrusts one, once, with one event that names what takes over: key %i", async (which) => {
  const { id: only = "", algorithm = "" } = (await rotate({ immediately: true })).keys[which] ?? {};
  const before = (await keys()).length;
  for (const _ of ["once", "again"]) {
    const reply = await api.call("distrustSigningKey", { params: { kid: only } });
    expect(reply.as(signingKey)).toMatchObject({ id: only, distrustedAt: api.clock.now.toISOString() });
  }
  const all = await keys();
  expect(all.length).toBe(before + 1);
  expect(all.find((key) => key.id === only)).toMatchObject({ privateJwk: null });
  const successor = all.find((key) => key.retiredAt === null && key.algorithm === algorithm);
  expect(successor).toBeDefined();
  const { items } = (await events()) as { items: { type: string }[] };
  expect(items[0]).toMatchObject({
    type: "signing_key.distrusted",
    resource: { id: only },
    data: { successor: successor?.id },
  });
  expect(items.filter(({ type }) => type === "signing_key.distrusted")).toHaveLength(which + 1);
});

it("knows no other key", async () => {
  for (const kid of ["x".repeat(43), "\0".repeat(43), newId()]) {
    const reply = await api.call("distrustSigningKey", { params: { kid } });
    expect(reply.outcome).toEqual([404, "kid_not_found"]);
  }
});
