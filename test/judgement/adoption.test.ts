import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { countMatches, listMatches, setGuard } from "@sallyport/people";
import { createPeopleWorld, type PeopleWorld } from "@sallyport/worker/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

// A first push into an organization that has members already.

let test: TestDatabase;
let world: PeopleWorld;
beforeAll(async () => {
  test = await createTestDatabase();
  world = await createPeopleWorld(test.database, "adopting", { keyed: false });
});
afterAll(() => test.drop());

const address = (name: string) => `${name}@${world.domain}`;
const push = (name: string, active = true) =>
  world.tell(name, { userName: address(name), externalId: null, emails: [address(name)], active });

async function listed(state: "matched" | "inactive" | "unmatched"): Promise<unknown[]> {
  const { sql } = test.database;
  const { id, directoryId } = world.tenant;
  const members = await listMatches(sql, id, directoryId, { state, after: null, limit: 10 });
  return members.map(({ email, source, status, heldChangeId }) => ({
    ...{ email, source, status, held: heldChangeId !== null },
  }));
}

it("matches by proof, lists whom it did not match, and suspends nobody before that is confirmed", async () => {
  const { sql } = test.database;
  const { id, directoryId } = world.tenant;
  await setGuard(sql, id, id, { share: 0, people: 1, minutes: 60 });
  await world.add(address("hand"));
  await world.add(address("leaver"));
  await world.add(address("forgotten"));
  await world.login({ subject: "jit", email: address("jit"), emailVerified: true });
  await world.login({ subject: "other", email: "other@unverified.example", emailVerified: true });

  await push("hand");
  await push("jit");
  await push("leaver", false);
  expect((await countMatches(sql, id, directoryId)).waiting).toBe(3);
  await world.settle();

  expect(await countMatches(sql, id, directoryId)).toEqual({
    counts: { matched: 2, inactive: 1, unmatched: 2, elsewhere: 0 },
    waiting: 0,
  });
  const active = { status: "active", held: false };
  expect(await listed("matched")).toEqual([
    { email: address("hand"), source: "manual", ...active },
    { email: address("jit"), source: "directory", ...active },
  ]);
  expect(await listed("inactive")).toEqual([
    { email: address("leaver"), source: "manual", status: "active", held: true },
  ]);
  expect(await listed("unmatched")).toEqual([
    { email: address("forgotten"), source: "manual", ...active },
    { email: "other@unverified.example", source: "jit", ...active },
  ]);
  expect(await world.login({ subject: "jit", email: address("jit"), emailVerified: true })).toBe(true);
});
