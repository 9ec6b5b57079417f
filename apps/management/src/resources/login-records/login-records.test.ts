import { newId } from "@sallyport/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, insertLoginRecord, OIDC, type World } from "../../testing/world.ts";
import { connection } from "../connections/schema.ts";

interface Page {
  items: { id: string; requestId: string; createdAt: string }[];
  nextCursor: string | null;
}

let api: TestApi;
let acme: World;
let second: string;
const records: string[] = [];

beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  await createWorld(api, "bravo");
  const body = { type: "oidc", name: "Second", oidc: OIDC };
  second = (await api.call("createConnection", { params: { org: "acme" }, body })).as(connection).id;
  records.push(acme.recordId);
  // Two connections in turn: a page must merge them.
  for (const connectionId of [second, acme.connectionId, second, acme.connectionId]) {
    records.push(await insertLoginRecord(api, { ...acme, connectionId, sessionId: null }));
  }
});
afterAll(() => api.close());

const list = async (query: Record<string, string> = {}) =>
  (await api.call("listLoginRecords", { params: { org: "acme" }, query })).body as Page;
const ids = async (query: Record<string, string>) => (await list(query)).items.map((record) => record.id);

describe("listLoginRecords", () => {
  it("merges the connections of the organization, the newest first", async () => {
    expect(await ids({})).toEqual(records.toReversed());
  });

  it("walks them page by page", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await list(cursor === null ? { limit: "2" } : { limit: "2", cursor });
      seen.push(...page.items.map((record) => record.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(records.toReversed());
  });

  it("filters by connection, session, request, outcome, cause and time", async () => {
    expect(await ids({ connectionId: second })).toEqual([records[3], records[1]]);
    expect(await ids({ sessionId: acme.sessionId })).toEqual([acme.recordId]);
    expect(await ids({ outcome: "failure", connectionId: acme.connectionId })).toEqual([
      records[4],
      records[2],
    ]);
    expect(await ids({ errorCode: "audience_mismatch", connectionId: second })).toEqual([
      records[3],
      records[1],
    ]);
    expect(await ids({ errorCode: "signature_invalid" })).toEqual([]);
    const [newest] = (await list()).items;
    expect(await ids({ requestId: newest?.requestId ?? "" })).toEqual([records[4]]);
    expect(await ids({ since: newest?.createdAt ?? "" })).toContain(records[4]);
    expect(await ids({ until: "2000-01-01T00:00:00Z" })).toEqual([]);
    expect(await ids({ connectionId: newId() })).toEqual([]);
  });

  it.each(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])(
    "takes a time as far off as %s",
    async (since) => {
      const reply = await api.call("listLoginRecords", { params: { org: "acme" }, query: { since } });
      expect(reply.status).toBe(200);
    },
  );

  it("leaves the messages out", async () => {
    expect(JSON.stringify(await list())).not.toContain("Assertion");
  });
});

it("shows one record with its steps and messages", async () => {
  const params = { org: "acme", recordId: acme.recordId };
  expect((await api.call("getLoginRecord", { params })).body).toMatchObject({
    outcome: "success",
    sessionId: acme.sessionId,
    steps: [{ name: "started" }],
    request: "<AuthnRequest/>",
    response: "<Assertion/>",
  });
});
