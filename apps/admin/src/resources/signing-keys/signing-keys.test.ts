import { afterAll, beforeAll, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

it("lists the keys without their private half", async () => {
  await api.deps.database.prisma.signingKey.create({
    data: { id: "kid-1", algorithm: "ES256", publicJwk: {}, privateJwk: "sealed" },
  });
  const { body } = await api.call("listSigningKeys");
  expect(body).toMatchObject({ items: [{ id: "kid-1", algorithm: "ES256", retiredAt: null }] });
  expect(JSON.stringify(body)).not.toContain("sealed");
});

it("rotates, soon or at once, and records it", async () => {
  expect((await api.call("rotateSigningKeys")).body).toEqual({ id: "kid-soon" });
  const reply = await api.call("rotateSigningKeys", { body: { immediately: true } });
  expect(reply.body).toEqual({ id: "kid-now" });
  const { body } = await api.call("listGatewayAuditEvents");
  expect(body).toMatchObject({
    items: [
      { type: "signing_key.rotated", resource: { id: "kid-now" }, data: { immediately: true } },
      { type: "signing_key.rotated", resource: { id: "kid-soon" } },
    ],
  });
});
