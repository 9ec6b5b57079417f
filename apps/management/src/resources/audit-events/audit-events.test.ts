import { fillOutbox } from "@sallyport/events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";

interface Page {
  items: { type: string; actor: { type: string; id: string | null }; createdAt: string }[];
  nextCursor: string | null;
}

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  await createWorld(api, "bravo");
});
afterAll(() => api.close());

const list = async (query: Record<string, string> = {}) =>
  (await api.call("listAuditEvents", { params: { org: "acme" }, query })).body as Page;

it("lists the organization's own events, the newest first", async () => {
  const { items } = await list();
  expect(items.map((event) => event.type)).toEqual([
    "audit_stream.created",
    "webhook_endpoint.created",
    "setup_link.created",
    "api_key.created",
    "role_binding.created",
    "membership.created",
    "user.created",
    "role.created",
    "directory.client_created",
    "directory.created",
    "connection.draft_saved",
    "connection.signal_stream_created",
    "connection.draft_activated",
    "connection.draft_saved",
    "connection.key_created",
    "connection.created",
    "domain.verified",
    "domain.created",
    "organization.updated", // its slug
    // With the organization came its domain and its first roles.
    "domain.verified",
    "domain.created",
    "role.created",
    "role.created",
    "organization.created",
  ]);
});

it("filters by type, by actor and by type of actor", async () => {
  const body = { key: "by-key", name: "By key" };
  await api.call("createRole", { params: { org: "acme" }, body, key: acme.key });
  expect((await list({ type: "role.created" })).items).toHaveLength(4);
  expect((await list({ actor: acme.keyId })).items).toMatchObject([
    { type: "role.created", actor: { type: "apiKey", id: acme.keyId } },
  ]);
  expect((await list({ actor: "apiKey", type: "role.created" })).items).toHaveLength(1);
  expect((await list({ actor: "operator", type: "role.created" })).items).toHaveLength(3);
  expect((await list({ type: "nothing.happened" })).items).toEqual([]);
});

it("filters by what it was done to, by request and by outcome", async () => {
  const { items } = await list({ resource: acme.directoryId });
  expect(items.map(({ type }) => type)).toEqual(["directory.client_created", "directory.created"]);
  const [one] = items as (Page["items"][number] & { requestId: string })[];
  expect((await list({ requestId: one?.requestId ?? "" })).items).toMatchObject([
    { type: "directory.client_created" },
  ]);
  expect((await list({ requestId: one?.requestId ?? "", type: "role.created" })).items).toEqual([]);
  expect((await list({ outcome: "failure" })).items).toEqual([]);
  expect((await list({ outcome: "success", resource: acme.roleId })).items).toHaveLength(1);
});

it("filters by time, from one moment until before another, in any offset", async () => {
  const { items } = await list();
  const [newest, oldest] = [items[0]?.createdAt ?? "", items.at(-1)?.createdAt ?? ""];
  const since = await list({ since: newest });
  expect(since.items.length).toBeGreaterThanOrEqual(1);
  expect(since.items.every((event) => event.createdAt >= newest)).toBe(true);
  const until = await list({ until: oldest.replace("Z", "+00:00") });
  expect(until.items).toEqual([]);
});

it.each(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"])(
  "takes a time as far off as %s",
  async (since) => {
    const reply = await api.call("listAuditEvents", { params: { org: "acme" }, query: { since } });
    expect(reply.status).toBe(200);
  },
);

it("walks them page by page, with filters and cursor together", async () => {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string> = { limit: "2", since: "2000-01-01T00:00:00Z" };
    const page: Page = await list(cursor === null ? query : { ...query, cursor });
    seen.push(...page.items.map((event) => event.type));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual((await list()).items.map((event) => event.type));
});

it.each([
  { since: "yesterday" },
  { since: "0000-12-31T23:59:59Z" },
  { since: "9999-12-31T23:59:59-00:01" },
  { until: "2030-02-30T00:00:00Z" },
  { type: "" },
  { actor: "a\nb" },
  { outcome: "perhaps" },
])("refuses %j", async (query) => {
  const reply = await api.call("listAuditEvents", {
    params: { org: "acme" },
    query: { ...query } as Record<string, string>,
  });
  expect(reply.outcome).toEqual([400, "input_invalid"]);
});

it("shows what was and what is, and the sequence once the event has one", async () => {
  await api.call("updateRole", { params: { org: "acme", roleId: acme.roleId }, body: { name: "Writer" } });
  const newest = async () => (await list({ type: "role.updated", limit: "1" })).items[0];
  const told = { before: { name: "Editor" }, after: { name: "Writer" }, data: { key: "editor" } };
  expect(await newest()).toMatchObject({ ...told, sequence: null });
  await fillOutbox(api.deps.database);
  const numbered = (await list()).items.length;
  expect(await newest()).toMatchObject({ ...told, sequence: numbered });
});

it("keeps what belongs to no organization apart", async () => {
  const { body } = await api.call("listGatewayAuditEvents");
  expect((body as Page).items.map((event) => event.type)).toEqual([
    // One of each algorithm.
    "signing_key.rotated",
    "signing_key.rotated",
    "audit_stream.created",
    "signal_stream.created",
    "application.created",
    "signing_key.rotated",
    "signing_key.rotated",
    "audit_stream.created",
    "signal_stream.created",
    "application.created",
  ]);
});
