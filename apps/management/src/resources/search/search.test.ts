import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, insertLoginRecord, type World } from "../../testing/world.ts";
import { createdApiKey } from "../api-keys/schema.ts";
import { found } from "./schema.ts";

let api: TestApi;
let acme: World;
let bravo: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  bravo = await createWorld(api, "bravo");
});
afterAll(() => api.close());

const find = async (q: string, key = api.rootKey) =>
  (await api.call("search", { query: { q }, key })).as(found).items;
const typesOf = async (q: string, key?: string) =>
  (await find(q, key)).map(({ type, organization }) => `${type} of ${organization?.slug ?? "none"}`);

describe("search", () => {
  it("finds by how a name, slug, address or domain begins, in any case", async () => {
    expect(await typesOf("AcM")).toEqual(["organization of acme", "application of none"]);
    expect(await typesOf("mail.bravo")).toEqual(["organization of bravo"]);
    expect(await typesOf("Ann@acme.com")).toEqual(["member of acme"]);
    expect(await typesOf("ann")).toEqual(["member of acme", "member of bravo"]);
    expect(await typesOf("idp")).toEqual(["connection of acme", "connection of bravo"]);
    expect(await typesOf("director")).toEqual(["directory of acme", "directory of bravo"]);
    expect(await find("ann@bravo")).toMatchObject([
      { type: "member", id: bravo.memberId, title: "Ann", detail: "ann@bravo.com" },
    ]);
  });

  it("takes nothing for a pattern, and finds nothing of nobody", async () => {
    for (const q of ["%", "_cme", "a%e", "\\", "zzz", "' OR 1=1"]) {
      expect([q, await find(q)]).toEqual([q, []]);
    }
  });

  it("finds by a whole id, and what failed by its request id", async () => {
    expect(await typesOf(acme.connectionId)).toEqual(["connection of acme"]);
    expect(await typesOf(bravo.organizationId)).toEqual(["organization of bravo"]);
    expect(await typesOf(acme.userId)).toEqual(["member of acme"]);
    expect(await typesOf(acme.memberId, bravo.key)).toEqual([]);
    const recordId = await insertLoginRecord(api, { ...acme, sessionId: null });
    const { requestId } = await api.deps.database.prisma.loginRecord.findUniqueOrThrow({
      where: { id: recordId },
    });
    expect(await find(requestId)).toMatchObject([
      { type: "loginRecord", id: recordId, title: "failure", detail: "audience_mismatch" },
    ]);
    expect(await find(requestId, bravo.key)).toEqual([]);
  });

  it("finds nothing out of reach, and nothing that the caller may not read", async () => {
    expect(await typesOf("a", acme.key)).toEqual(["organization of acme", "member of acme"]);
    expect(await typesOf("bravo", acme.key)).toEqual([]);
    const { key } = (
      await api.call("createApiKey", { body: { name: "Key", permissions: ["organization.read"] } })
    ).as(createdApiKey);
    expect(await typesOf("ann", key)).toEqual([]);
    expect(await typesOf("acme", key)).toEqual(["organization of acme"]);
  });

  it.each([{}, { q: "" }, { q: "x".repeat(201) }, { q: "a\u0000" }])("refuses %j", async (query) => {
    const reply = await api.call("search", { query: query as Record<string, string> });
    expect(reply.outcome).toEqual([400, "input_invalid"]);
  });
});
