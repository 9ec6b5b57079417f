import { newId } from "@sallyport/database";
import { fillOutbox } from "@sallyport/events";
import { fanOut } from "@sallyport/webhooks";
import { insertDelivery } from "@sallyport/webhooks/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, insertApiKey, type World } from "../../testing/world.ts";
import { delivery, deliveryDetails, replayed } from "./deliveries/schema.ts";
import {
  createdWebhookEndpoint,
  eventTypes,
  rotatedWebhookSecret,
  webhookEndpoint,
  webhookEndpointDetails,
} from "./schema.ts";

const URL = "https://hooks.example.com/in";

let api: TestApi;
let acme: World;
let bravo: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  bravo = await createWorld(api, "bravo");
}, 60_000);
afterAll(() => api.close());

const create = async (body: object, key?: string) =>
  api.call("createWebhookEndpoint", { body: { url: URL, ...body }, ...(key === undefined ? {} : { key }) });
const made = async (body: object = { organization: "acme" }) =>
  (await create(body)).as(createdWebhookEndpoint);
const of = (webhookEndpointId: string, deliveryId = newId()) => ({
  params: { webhookEndpointId, deliveryId },
});
const listed = async (query: Record<string, string>, key?: string) => {
  const { body } = await api.call("listWebhookEndpoints", { query, ...(key === undefined ? {} : { key }) });
  return (body as { items: unknown[] }).items.map((item) => webhookEndpoint.parse(item));
};
const deliveries = async (id: string, query: Record<string, string> = {}) => {
  const { body } = await api.call("listWebhookDeliveries", { ...of(id), query });
  return (body as { items: unknown[] }).items.map((item) => delivery.parse(item));
};
/** Until all that was recorded has become deliveries. */
const fannedOut = async () => {
  await fillOutbox(api.deps.database);
  while (await fanOut(api.deps.database, { now: api.clock.now })) {}
};
const rename = (name: string) =>
  api.call("updateRole", { params: { org: "acme", roleId: acme.roleId }, body: { name } });

describe("an endpoint", () => {
  it("shows its secret once, and stores it sealed", async () => {
    const { id, secret } = await made();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { body } = await api.call("getWebhookEndpoint", of(id));
    expect(JSON.stringify(body)).not.toContain(secret);
    const row = await api.deps.database.prisma.webhookEndpoint.findUniqueOrThrow({ where: { id } });
    expect(row.secret).not.toContain(secret.slice(6));
    const events = await api.deps.database.prisma.event.findMany({ where: { resourceId: id } });
    expect(events).toMatchObject([
      { type: "webhook_endpoint.created", after: { host: "hooks.example.com" } },
    ]);
    expect(JSON.stringify(events.map(({ after }) => after))).not.toContain("whsec");
    expect(api.log.join("")).not.toContain(secret.slice(6));
  });

  it("belongs to whoever makes it, and only a caller without an organization makes one of the gateway", async () => {
    expect((await made({})).organizationId).toBeNull();
    expect((await create({}, acme.key)).as(createdWebhookEndpoint).organizationId).toBe(acme.organizationId);
    expect((await create({ organization: null }, acme.key)).outcome).toEqual([403, "key_scope_insufficient"]);
    expect((await create({ organization: "bravo" }, acme.key)).outcome).toEqual([
      404,
      "organization_not_found",
    ]);
    const limited = await insertApiKey(api, { permissions: ["webhooks.write", "webhooks.read"] });
    expect((await create({}, limited.key)).outcome).toEqual([403, "permission_missing"]);
    expect((await create({ organization: "bravo" }, limited.key)).status).toBe(201);
    expect((await listed({}, limited.key)).every(({ organizationId }) => organizationId !== null)).toBe(true);
  });

  it("is listed by organization, or of the gateway", async () => {
    const { id } = await made({});
    expect((await listed({ scope: "gateway" })).map((each) => each.id)).toContain(id);
    expect((await listed({ scope: "gateway" })).every(({ organizationId }) => organizationId === null)).toBe(
      true,
    );
    const ofBravo = await listed({ organization: "bravo" });
    expect(new Set(ofBravo.map(({ organizationId }) => organizationId))).toEqual(
      new Set([bravo.organizationId]),
    );
    expect(
      (await api.call("listWebhookEndpoints", { query: { scope: "gateway" }, key: acme.key })).outcome,
    ).toEqual([403, "key_scope_insufficient"]);
  });

  it.each([
    [{ url: "http://hooks.example.com" }, "url"],
    [{ url: "https://user:pass@hooks.example.com" }, "url"],
    [{ url: "https://hooks.example.com/#x" }, "url"],
    [{ url: "https://hooks.example.com/\r\nX-Injected: 1" }, "url"],
    [{ url: "javascript:alert(1)" }, "url"],
    [{ description: "two\nlines" }, "description"],
    [{ types: ["role.invented"] }, "types.0"],
    [{ types: ["*"] }, "types.0"],
    [{ types: ["rol*"] }, "types.0"],
  ])("is refused with %j", async (body, field) => {
    const reply = await create({ organization: "acme", ...body });
    expect(reply.outcome).toEqual([400, "input_invalid"]);
    expect(reply.body).toMatchObject({ errors: [{ field }] });
  });

  it("may be one of 50 at most, also where many are made at once", async () => {
    await api.call("createOrganization", { body: { slug: "many", name: "Many" } });
    const replies = await Promise.all(Array.from({ length: 55 }, () => create({ organization: "many" })));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(50);
    expect(replies.find(({ status }) => status !== 201)?.outcome).toEqual([
      409,
      "webhook_endpoints_too_many",
    ]);
  });

  it("changes, with an event of what did", async () => {
    const { id } = await made();
    const body = { url: "https://other.example.com/x", types: ["role.*"], description: "CRM" };
    const reply = await api.call("updateWebhookEndpoint", { ...of(id), body });
    expect(reply.as(webhookEndpoint)).toMatchObject(body);
    const event = await api.deps.database.prisma.event.findFirst({
      where: { resourceId: id, type: "webhook_endpoint.updated" },
    });
    expect([event?.before, event?.after]).toEqual([
      { host: "hooks.example.com", types: [], description: "" },
      { host: "other.example.com", types: ["role.*"], description: "CRM" },
    ]);
  });

  it("keeps its old secret for the overlap, and none with an overlap of nothing", async () => {
    const { id, secret } = await made();
    const rotate = async (overlapHours: number) =>
      (await api.call("rotateWebhookSecret", { ...of(id), body: { overlapHours } })).as(rotatedWebhookSecret);
    const rotated = await rotate(24);
    expect(rotated.secret).not.toBe(secret);
    expect(Date.parse(rotated.previousSecretUntil)).toBe(api.clock.now.getTime() + 24 * 3_600_000);
    expect(Date.parse((await rotate(0)).previousSecretUntil)).toBe(api.clock.now.getTime());
  });

  it("is kept from changes of the operators' own organization by an ordinary key", async () => {
    const { prisma } = api.deps.database;
    await prisma.organization.create({ data: { id: newId(), slug: "ops", name: "Ops", forOperators: true } });
    const limited = await insertApiKey(api, { permissions: ["webhooks.write"] });
    expect((await create({ organization: "ops" }, limited.key)).outcome).toEqual([403, "operator_required"]);
    expect((await create({ organization: "ops" })).status).toBe(201);
  });
});

describe("deliveries", () => {
  it("are made of what happens, shown with their request, and filtered", async () => {
    const { id } = await made({ organization: "acme", types: ["role.updated"] });
    await rename("One");
    await rename("Two");
    await fannedOut();
    const all = await deliveries(id);
    expect(all).toMatchObject([
      { type: "role.updated", status: "pending", held: true, resource: { type: "role", id: acme.roleId } },
      { type: "role.updated", status: "pending", held: false, nextAttemptAt: expect.any(String) },
    ]);
    const [second, first] = all;
    const details = (await api.call("getWebhookDelivery", of(id, first?.id))).as(deliveryDetails);
    expect(JSON.parse(details.requestBody ?? "")).toMatchObject({
      type: "role.updated",
      data: { id: first?.eventId },
    });
    expect(await deliveries(id, { status: "failed" })).toEqual([]);
    expect(await deliveries(id, { type: "role.created" })).toEqual([]);
    expect(await deliveries(id, { status: "pending", limit: "1" })).toMatchObject([{ id: second?.id }]);
    expect(await deliveries(id, { until: first?.createdAt ?? "" })).toEqual([]);
    expect((await api.call("getWebhookEndpoint", of(id))).as(webhookEndpointDetails)).toMatchObject({
      pending: 2,
      failed: 0,
    });
  });

  it("show each attempt with the headers that were sent", async () => {
    const { id } = await made();
    const deliveryId = await insertDelivery(api.deps.database, {
      endpointId: id,
      organizationId: acme.organizationId,
    });
    const details = (await api.call("getWebhookDelivery", of(id, deliveryId))).as(deliveryDetails);
    expect(details).toMatchObject({ requestBody: null, lastStatus: 500 });
    expect(details.attemptsMade).toMatchObject([
      {
        number: 1,
        response: "broken",
        requestHeaders: { "webhook-id": deliveryId, "webhook-signature": "v1,c2ln" },
      },
    ]);
  });

  it("fail when the endpoint is disabled, and come again by replay, with what happened meanwhile", async () => {
    const { id } = await made({ organization: "acme", types: ["role.updated"] });
    const since = new Date().toISOString();
    await rename("Three");
    await fannedOut();
    await api.call("updateWebhookEndpoint", { ...of(id), body: { enabled: false } });
    expect(await deliveries(id)).toMatchObject([
      { status: "failed", lastError: "The endpoint was disabled." },
    ]);
    await rename("Four");
    await fannedOut();
    for (const operationId of ["testWebhookEndpoint", "replayWebhookDeliveries", "replayWebhookDelivery"]) {
      const [failed] = await deliveries(id);
      const body = operationId === "replayWebhookDeliveries" ? { since } : undefined;
      const reply = await api.call(operationId, { ...of(id, failed?.id), body });
      expect([operationId, ...reply.outcome]).toEqual([operationId, 409, "webhook_endpoint_disabled"]);
    }
    await api.call("updateWebhookEndpoint", { ...of(id), body: { enabled: true } });
    // The clock of the API stands; the events are by the database's.
    api.clock.now = new Date(Date.now() + 1_000);
    const replay = async (body: object) =>
      (await api.call("replayWebhookDeliveries", { ...of(id), body })).as(replayed);
    expect(await replay({ since })).toEqual({ deliveries: 2, nextCursor: null });
    expect((await deliveries(id)).map(({ status, held }) => [status, held])).toEqual([
      ["pending", true],
      ["pending", false],
    ]);
    expect(await replay({ since })).toEqual({ deliveries: 0, nextCursor: null });
    const [first] = (await deliveries(id)).toReversed();
    await api.deps.database.sql.query(
      "UPDATE webhook_deliveries SET status = 'delivered', due_at = NULL WHERE endpoint_id = $1",
      [id],
    );
    expect(await replay({ firstDeliveryId: first?.id ?? "" })).toMatchObject({ deliveries: 0 });
    expect(await replay({ firstDeliveryId: first?.id ?? "", deliveries: "all" })).toMatchObject({
      deliveries: 2,
    });
    expect(await replay({ firstDeliveryId: newId(), deliveries: "all" })).toMatchObject({ deliveries: 0 });
  });

  it("come again one by one, under the same id", async () => {
    const { id } = await made();
    const organizationId = acme.organizationId;
    const deliveryId = await insertDelivery(api.deps.database, { endpointId: id, organizationId });
    expect((await api.call("replayWebhookDelivery", of(id, deliveryId))).status).toBe(204);
    expect(await deliveries(id)).toMatchObject([
      { id: deliveryId, status: "pending", held: false, attempts: 1 },
    ]);
  });

  it.each([
    [{}, "since"],
    [{ since: "2026-01-01T00:00:00Z", firstDeliveryId: newId() }, "since"],
    [{ firstDeliveryId: newId(), until: "2026-01-01T00:00:00Z" }, "until"],
    [{ since: "2026-01-01T00:00:00Z", lastDeliveryId: newId() }, "lastDeliveryId"],
  ])("are not replayed by %j", async (body, field) => {
    const { id } = await made();
    const reply = await api.call("replayWebhookDeliveries", { ...of(id), body });
    expect(reply.body).toMatchObject({ code: "input_invalid", errors: [{ field }] });
  });
});

it("tells of a test whatever the types", async () => {
  const { id } = await made({ organization: "acme", types: ["role.created"] });
  await api.call("testWebhookEndpoint", of(id));
  await fannedOut();
  expect(await deliveries(id)).toMatchObject([{ type: "webhook_endpoint.tested", resource: { id } }]);
});

it("lists the types of events", async () => {
  const { items } = (await api.call("listEventTypes", { key: acme.key })).as(eventTypes);
  expect(items).toContainEqual({
    type: "membership.suspended",
    resource: "membership",
    description: expect.stringMatching(/\.$/),
  });
});
