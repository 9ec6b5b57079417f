import { newId } from "@sallyport/database";
import { createEventReader } from "@sallyport/events/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectionKey } from "./resources/connection-keys/schema.ts";
import { endpointsOf } from "./resources/index.ts";
import { member } from "./resources/members/schema.ts";
import { DECLARED, readReply, startApi, type TestApi } from "./testing/api.ts";
import { promisedEvents } from "./testing/promised-events.ts";
import { SAMPLE_QUERIES, sampleBodies } from "./testing/samples.ts";
import { BY_SETUP_LINK, createWorld, keyOf, type World } from "./testing/world.ts";

// What holds for every operation is tested of every operation: a new one is in these tests from its first day.

const endpoints = endpointsOf({ signingKeys: DECLARED });
const withBody = endpoints.filter((endpoint) => endpoint.body !== undefined);
const inOrganization = endpoints.filter((endpoint) => endpoint.path.startsWith("/organizations/{org}"));
// By a path of no organization, for whoever reaches what they name.
const ofReach = endpoints.filter((endpoint) => endpoint.path.startsWith("/webhook-endpoints"));
// What the gateway is made of is nobody's, and nobody's secret.
const ofAll = ["listEventTypes"];
const closed = endpoints.filter(
  (endpoint) =>
    !inOrganization.includes(endpoint) &&
    !ofReach.includes(endpoint) &&
    !ofAll.includes(endpoint.operationId),
);
const withId = endpoints.flatMap((endpoint) =>
  endpoint.parameters.filter((name) => name !== "org").map((name) => ({ ...endpoint, name })),
);

let api: TestApi;
let acme: World;
let bravo: World;

beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  bravo = await createWorld(api, "bravo");
}, 60_000);
afterAll(() => api.close());

const events = () => api.deps.database.prisma.event.count();

/** Sends what `call` would never send. */
async function send(operationId: string, init: { headers?: Record<string, string>; body?: string }) {
  const { method, path } = api.check.operation(operationId);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ({ ...acme })[name as keyof World]);
  const response = await fetch(`${api.url}/v1${filled}`, {
    ...init,
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${keyOf(acme, operationId).key ?? api.rootKey}`, ...init.headers },
  });
  return readReply(response, operationId, api.check);
}

describe("every operation", () => {
  let before = 0;
  beforeAll(async () => {
    before = await events();
  });
  afterAll(async () => {
    expect(await events()).toBe(before); // all that follows was refused, and changed nothing
  });

  it.each(endpoints)("$operationId refuses a request without a key", async ({ operationId }) => {
    const reply = await send(operationId, { headers: { authorization: "" } });
    expect(reply.outcome).toEqual([401, "authentication_required"]);
    expect(reply.headers.get("www-authenticate")).toBe('Bearer realm="sallyport"');
  });

  it.each(endpoints)("$operationId refuses an unknown key", async ({ operationId }) => {
    const reply = await send(operationId, { headers: { authorization: "Bearer sp_key_unknown" } });
    expect(reply.outcome).toEqual([401, "key_invalid"]);
    expect(reply.headers.get("www-authenticate")).toContain('error="invalid_token"');
  });

  it.each(endpoints)("$operationId refuses a query parameter that it does not know", async (endpoint) => {
    const { operationId } = endpoint;
    const options = {
      params: { ...acme },
      query: { unknown: "1" },
      body: sampleBodies("query")[operationId],
      ...keyOf(acme, operationId),
    };
    const reply = await api.call(operationId, options);
    expect(reply.outcome).toEqual([400, "input_invalid"]);
    expect(reply.body).toMatchObject({ detail: expect.stringContaining("unknown") });
  });

  it.each(inOrganization)("$operationId hides an organization from another one's key", async (endpoint) => {
    const { operationId } = endpoint;
    const body = sampleBodies("foreign")[operationId];
    const foreign = await api.call(operationId, {
      params: { ...acme },
      body,
      key: bravo.key,
    });
    if (operationId === "deleteOrganization") {
      expect(foreign.outcome).toEqual([403, "key_scope_insufficient"]);
      return;
    }
    const unknown = await api.call(operationId, { params: { ...acme, org: newId() }, body, key: bravo.key });
    expect(foreign.outcome).toEqual([404, "organization_not_found"]);
    expect({ ...Object(foreign.body), requestId: "" }).toEqual({ ...Object(unknown.body), requestId: "" });
  });

  it.each(ofReach)(
    "$operationId finds of its own organization alone, by its key",
    async ({ operationId }) => {
      const body = sampleBodies("reach")[operationId];
      const reply = await api.call(operationId, { params: { ...acme }, body, key: bravo.key });
      if (operationId === "listWebhookEndpoints") {
        expect(reply.body).toMatchObject({ items: [{ id: bravo.webhookEndpointId }] });
      } else if (operationId === "createWebhookEndpoint") {
        expect(reply.outcome).toEqual([404, "organization_not_found"]);
      } else {
        expect(reply.outcome).toEqual([404, "webhook_endpoint_not_found"]);
      }
    },
  );

  it.each(closed)(
    "$operationId is closed to an organization's key, unless it lists organizations or searches",
    async ({ operationId }) => {
      const body = sampleBodies("scope")[operationId];
      const query = SAMPLE_QUERIES[operationId] ?? {};
      const reply = await api.call(operationId, { params: { ...acme }, query, body, key: bravo.key });
      if (operationId === "search") {
        expect(reply.body).toMatchObject({ items: [{ organization: { slug: "bravo" } }] });
      } else if (operationId === "listOrganizations") {
        expect(reply.body).toMatchObject({ items: [{ slug: "bravo" }] });
      } else if (operationId === "listOrganizationHealth") {
        expect(reply.body).toMatchObject({ items: [{ organization: { slug: "bravo" } }] });
      } else {
        const code = BY_SETUP_LINK.has(operationId) ? "setup_link_required" : "key_scope_insufficient";
        expect(reply.outcome).toEqual([403, code]);
      }
    },
  );

  it.each(withId)("$operationId answers 404 to a malformed or unknown $name", async (endpoint) => {
    const { operationId, name } = endpoint;
    const body = sampleBodies("ids")[operationId];
    for (const id of ["x", "%00", newId().toUpperCase(), newId()]) {
      const reply = await api.call(operationId, { params: { ...acme, [name]: id }, body });
      expect(reply.status).toBe(404);
    }
  });

  it.each(withId.filter((endpoint) => inOrganization.some(({ path }) => path === endpoint.path)))(
    "$operationId answers 404 to another organization's $name",
    async ({ operationId, name }) => {
      const body = sampleBodies("tenant")[operationId];
      const params = { ...acme, [name]: bravo[name as keyof World] };
      const foreign = await api.call(operationId, { params, body });
      const unknown = await api.call(operationId, { params: { ...acme, [name]: newId() }, body });
      expect(foreign.status).toBe(404);
      expect({ ...Object(foreign.body), requestId: "" }).toEqual({ ...Object(unknown.body), requestId: "" });
    },
  );

  const nested = inOrganization.filter((endpoint) => endpoint.parameters.length > 1);

  it.each(nested)(
    "$operationId reaches nothing of another organization through its own",
    async (endpoint) => {
      const { operationId } = endpoint;
      const body = sampleBodies("through")[operationId];
      const reply = await api.call(operationId, { params: { ...bravo, org: acme.org }, body, key: acme.key });
      expect(reply.status).toBe(404);
    },
  );
});

describe("every operation that takes a body", () => {
  const json = { "content-type": "application/json" };

  it.each(withBody)("$operationId refuses malformed JSON", async ({ operationId }) => {
    const reply = await send(operationId, { headers: json, body: '{"name":' });
    expect(reply.outcome).toEqual([400, "body_malformed"]);
  });

  it.each(withBody)("$operationId refuses another content type", async ({ operationId }) => {
    const body = JSON.stringify(sampleBodies("type")[operationId]);
    const reply = await send(operationId, { headers: { "content-type": "text/plain" }, body });
    expect(reply.outcome).toEqual([415, "content_type_unsupported"]);
  });

  const needing = withBody.filter((endpoint) => endpoint.body?.safeParse(undefined).success === false);

  it.each(needing)("$operationId refuses a missing body", async ({ operationId }) => {
    expect((await send(operationId, { headers: json })).outcome).toEqual([400, "input_invalid"]);
  });

  it.each(withBody)("$operationId refuses more than a megabyte", async ({ operationId }) => {
    const reply = await send(operationId, { headers: json, body: JSON.stringify(["x".repeat(1_100_000)]) });
    expect(reply.outcome).toEqual([413, "body_too_large"]);
  });

  it.each(withBody)("$operationId refuses a field that it does not know", async ({ operationId }) => {
    const sample = sampleBodies("field")[operationId];
    for (const field of ["unknownField", "__proto__", "constructor"]) {
      const extra = `${JSON.stringify(field)}:{"admin":true}`;
      const text = JSON.stringify(sample).replace("{", sample === undefined ? "{" : `{${extra},`);
      const reply = await send(operationId, { headers: json, body: text.replace(",}", "}") });
      expect(reply.outcome).toEqual([400, "input_invalid"]);
      expect(reply.body).toMatchObject({ detail: expect.stringContaining(field) });
    }
  });
});

it("does each of its operations, and leaves exactly the events that it promises, as the catalogue has them", async () => {
  const world = await createWorld(api, "tour");
  const reader = createEventReader(api.deps.database.sql);
  await reader.next();
  const bodies = sampleBodies("tour");
  const by = (...methods: string[]) => endpoints.filter((endpoint) => methods.includes(endpoint.method));
  // Deletes go backwards: the organization, declared first, goes last.
  const order = [...by("get"), ...by("post", "put"), ...by("patch"), ...by("delete").toReversed()];
  let secondKey = "";
  let addedMember = "";
  // The world's own key signs: the second one takes over, and then the first one may go. And its own member stays.
  const othersOf = (operationId: string) => ({
    ...(operationId === "activateConnectionKey" ? { connectionKeyId: secondKey } : {}),
    ...(operationId === "eraseMember" ? { memberId: addedMember } : {}),
  });
  for (const { operationId, method, status } of order) {
    const request = {
      params: { ...world, ...othersOf(operationId) },
      query: SAMPLE_QUERIES[operationId] ?? {},
      body: bodies[operationId],
      ...keyOf(world, operationId),
    };
    if (operationId === "activateDirectory") {
      const review = { where: { id: world.directoryId }, data: { inReview: true } };
      await api.deps.database.prisma.directory.update(review);
    }
    const reply = await api.call(operationId, request);
    expect([operationId, reply.status]).toEqual([operationId, status]);
    if (operationId === "createConnectionKey") {
      secondKey = reply.as(connectionKey).id;
    }
    if (operationId === "addMember") {
      addedMember = reply.as(member).id;
    }
    const left = await reader.next();
    const promised = method === "get" ? [] : promisedEvents[operationId];
    expect([operationId, left.map(({ type }) => type)]).toEqual([operationId, promised]);
    for (const event of left) {
      expect(event.actor).toEqual({ type: "operator" });
      expect(event.requestId).toBe(left[0]?.requestId ?? "none");
    }
  }
  const deleted = { where: { type: "organization.deleted", resourceId: world.organizationId } };
  expect(await api.deps.database.prisma.event.count(deleted)).toBe(1);
  expect(order.map((endpoint) => endpoint.operationId).toSorted()).toEqual(
    api.check.operations.map((operation) => operation.operationId).toSorted(),
  );
}, 60_000);
