import { newId } from "@sallyport/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { createdApiKey } from "../api-keys/schema.ts";
import { member } from "../members/schema.ts";
import { erasure, erasureState } from "./schema.ts";

let api: TestApi;
let acme: World;
let bravo: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  bravo = await createWorld(api, "bravo");
});
afterAll(() => api.close());

const add = async (org: string, email: string) =>
  (await api.call("addMember", { params: { org }, body: { email, name: "Zoë Quasarov" } })).as(member);
const erase = (org: string, memberId: string, key?: string) =>
  api.call("eraseMember", { params: { org, memberId }, ...(key === undefined ? {} : { key }) });
const state = async (memberId: string) =>
  (await api.call("getErasureState", { params: { org: "acme", memberId } })).as(erasureState);

async function whereIs(text: string): Promise<string[]> {
  const { rows } = await api.deps.database.sql.query<{ place: string }>(
    `SELECT 'users ' || organization_id AS place FROM users u WHERE u::text ILIKE $1
     UNION ALL SELECT 'events ' || coalesce(organization_id::text, 'none') FROM events e WHERE e::text ILIKE $1
     UNION ALL SELECT 'keys ' || coalesce(organization_id::text, 'none') FROM api_keys k WHERE k::text ILIKE $1
     ORDER BY 1`,
    [`%${text}%`],
  );
  return rows.map(({ place }) => place);
}

it("touches nothing of another organization, whoever is erased: the same address is another's there", async () => {
  const address = "chief@everywhere.example";
  const theirs = await add("bravo", address);
  await api.call("createApiKey", { body: { name: `Key of ${address}`, organization: "bravo" } });
  const before = (await whereIs(address)).filter((place) => place.includes(bravo.organizationId));
  expect(before).toHaveLength(4);
  const mine = await add("acme", address);
  const reply = await erase("acme", mine.id, acme.key);
  // Nor does it tell of the others: that is for callers without an organization.
  expect(reply.as(erasure)).toMatchObject({ userId: mine.userId, status: "erased", elsewhere: [] });
  expect(await whereIs(address)).toEqual(before);
  expect((await erase("acme", theirs.id, acme.key)).outcome).toEqual([404, "member_not_found"]);
  expect((await erase("bravo", theirs.id, acme.key)).outcome).toEqual([404, "organization_not_found"]);
});

it("tells an operator where else somebody holds the address, and lets them erase each", async () => {
  const [here, there] = [await add("acme", "both@two.example"), await add("bravo", "both@two.example")];
  expect((await erase("acme", here.id)).as(erasure).elsewhere).toEqual([
    { organizationId: bravo.organizationId, userId: there.userId, memberId: there.id },
  ]);
  await erase("bravo", there.id);
  expect(await whereIs("both@two.example")).toEqual([]);
});

it("takes a former member by the id of the user, and tells before what waits", async () => {
  const { id, userId } = await add("acme", "former@acme.example");
  expect(await state(id)).toMatchObject({ userId, status: "none", dueAt: null });
  const now = api.clock.now.getTime();
  await api.call("removeMember", { params: { org: "acme", memberId: id } });
  expect(await state(userId)).toMatchObject({
    userId,
    status: "waiting",
    dueAt: new Date(now + 30 * 86_400_000).toISOString(),
  });
  expect((await erase("acme", userId)).as(erasure)).toMatchObject({ userId, status: "erased" });
  expect(await state(userId)).toMatchObject({ status: "erased", erasedAt: api.clock.now.toISOString() });
  expect(await whereIs("former@acme.example")).toEqual([]);
});

it("leaves the rest to the worker where there is too much, with all access ended", async () => {
  const { id, userId } = await add("acme", "much@acme.example");
  const startedAt = api.clock.now;
  const { database } = api.deps;
  // Time flies as soon as a log is gone through.
  const slow = Object.create(database, {
    transaction: {
      value: (work: never) => {
        api.clock.now = new Date(api.clock.now.getTime() + 60_000);
        return database.transaction(work);
      },
    },
  });
  Object.assign(api.deps, { database: slow });
  const reply = await erase("acme", id);
  Object.assign(api.deps, { database });
  api.clock.now = startedAt;
  expect(reply.as(erasure)).toEqual({ userId, status: "underWay", erasedAt: null, elsewhere: [] });
  expect(api.erasures.count).toBe(1);
  expect((await api.call("getMember", { params: { org: "acme", memberId: id } })).as(member).status).toBe(
    "suspended",
  );
  expect(await state(id)).toMatchObject({ status: "underWay" });
});

it("takes the permission of its own", async () => {
  const limited = async (...permissions: string[]) =>
    (await api.call("createApiKey", { body: { name: "Limited", organization: "acme", permissions } })).as(
      createdApiKey,
    ).key;
  const { id } = await add("acme", "kept@acme.example");
  const refused = await erase("acme", id, await limited("members.read", "members.write"));
  expect(refused.outcome).toEqual([403, "permission_missing"]);
  expect((await erase("acme", id, await limited("erasure.write"))).status).toBe(200);
  expect((await erase("acme", newId())).outcome).toEqual([404, "member_not_found"]);
});
