import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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

const withAddresses = (userName: string, active: boolean, ...emails: readonly string[]) => ({
  ...{ userName, externalId: null, active },
  emails,
});
/** Expects that looking at everybody again changes nothing, and tells nothing. */
async function expectSettled(): Promise<void> {
  const before = await world.everything();
  await world.settleAnew();
  expect(await world.everything()).toEqual(before);
}

it.each([
  ["in one batch", false],
  ["one after the other", true],
])("keeps apart whoever was kept apart, however often it looks: pushed %s", async (_how, settling) => {
  const pushes = [
    ["active", true, 0],
    ["inactive", false, 0],
    ["elsewhere", false, 1],
  ] as const;
  for (const [name, active, directory] of pushes) {
    await world.tell(name, withAddresses(name, active, `ceo@${world.domain}`), directory);
    if (settling) {
      await world.settle();
    }
  }
  await world.settle();
  expect(await world.conflicts()).not.toEqual([]);
  await expectSettled();
  await expectSettled();
});

it("makes one of a leaver and who is hired again by the same address", async () => {
  await world.tell("leaver", withAddresses("leaver", false, `ann@${world.domain}`));
  await world.settle();
  await world.tell("hired", withAddresses("hired", true, `ann@${world.domain}`));
  await world.settle();
  expect(await standings()).toEqual([["hired", "leaver"]]);
  await expectSettled();
});

// Somebody may add a colleague's address to their own, and leave; or be given a leaver's address.
describe.each([
  ["the colleague has left", true, false],
  ["its owner has left", false, true],
  ["both have left", false, false],
])("an address beside somebody's own makes nobody one with its owner: %s", (_who, owner, colleague) => {
  it.each([
    ["the owner", ["owner", "colleague"]],
    ["the colleague", ["colleague", "owner"]],
  ] as const)("%s comes first", async (_first, order) => {
    const told = {
      owner: withAddresses("owner", owner, `ceo@${world.domain}`),
      colleague: withAddresses("colleague", colleague, `col@${world.domain}`, `ceo@${world.domain}`),
    };
    for (const [directory, name] of order.entries()) {
      await world.tell(name, told[name], directory);
      await world.settle();
    }
    expect(await standings()).toEqual([["colleague"], ["owner"]]);
    expect(await world.conflicts()).toHaveLength(1);
    await expectSettled();
  });
});

it("ends whoever asserted an address, when the last active one who had it has another", async () => {
  const ceo = `ceo@${world.domain}`;
  expect(await world.login({ subject: "someone", email: null, emailVerified: null })).toBe(true);
  await world.tell("leaver", withAddresses("leaver", false, ceo));
  await world.tell("holder", withAddresses("holder", true, ceo), 1);
  expect(await world.login({ subject: "someone", email: ceo, emailVerified: false })).toBe(true);
  await world.settle();
  expect(await world.liveSessions()).toBeGreaterThan(0);
  await world.tell("holder", withAddresses("holder", true, `new@${world.domain}`), 1);
  await world.settle();
  expect(await world.liveSessions()).toBe(0);
  expect(await world.login({ subject: "someone", email: null, emailVerified: null })).toBe(false);
});
