import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createPeopleWorld, type PeopleWorld } from "../../testing/people-world.ts";

// Directory users that turn out to be one person while both stand for somebody already: looked at in one batch, each
// matches the other's user.
let test: TestDatabase;
let world: PeopleWorld;
let worlds = 0;
beforeAll(async () => {
  test = await createTestDatabase();
});
beforeEach(async () => {
  world = await createPeopleWorld(test.database, `same${worlds++}`, { keyed: false });
});
afterAll(() => test.drop());

const told = (userName: string, externalId: string, active: boolean) => ({
  ...{ userName, externalId, active },
  emails: [],
});
const standings = async () => (await world.users()).map(({ directoryUsers }) => directoryUsers).sort();

/** In this order by their ids. */
async function tellTwo(active: boolean): Promise<void> {
  await world.tell("old", told("old", "1", active));
  await world.tell("new", told("new", "2", active));
  await world.settle();
  expect(await standings()).toEqual([["new"], ["old"]]);
}

it("makes one of two that have one externalId, pushed in one batch", async () => {
  await world.tell("old", told("old", "1", false));
  await world.tell("new", told("new", "1", true));
  await world.settle();
  expect(await standings()).toEqual([["new", "old"]]);
});

it.each([
  ["inactive", false, false],
  ["inactive, the later active", false, true],
  ["the earlier active", true, false],
])("makes one of two that come to have one externalId: %s", async (_which, oldActive, newActive) => {
  await tellTwo(true);
  await world.tell("old", told("old", "1", oldActive));
  await world.tell("new", told("new", "1", newActive));
  await world.settle();
  expect(await standings()).toEqual([["new", "old"]]);
  expect(await world.conflicts()).toEqual([]);
  const before = await world.everything();
  await world.settleAnew();
  expect(await world.everything()).toEqual(before);
});

it("keeps two apart that are both active, and says so", async () => {
  await tellTwo(true);
  await world.tell("new", told("new", "1", true));
  await world.settle();
  expect(await standings()).toEqual([["new"], ["old"]]);
  expect(await world.conflicts()).toHaveLength(1);
});
