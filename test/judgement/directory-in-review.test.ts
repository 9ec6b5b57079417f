import { rolledBack, sqlOverPrisma } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { activateDirectory, deleteDirectory } from "@sallyport/directories";
import { type AdoptionList, type AdoptionPlan, lockPeople, planAdoption, setGuard } from "@sallyport/people";
import { createPeopleWorld, type PeopleWorld } from "@sallyport/worker/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// A directory in review: what it pushes changes nobody's access, its plan says what would, and that is what then happens.

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

let count = 0;

/** A world whose first directory is in review, and whose guard lets everything through. */
async function createReviewed(): Promise<PeopleWorld> {
  count += 1;
  const world = await createPeopleWorld(test.database, `review-${count}`, { keyed: count % 2 === 0 });
  const { id, directoryId } = world.tenant;
  await setGuard(test.database.sql, id, id, { share: 100, people: 1, minutes: 60 });
  await test.database.sql.query("UPDATE directories SET in_review = true WHERE id = $1", [directoryId]);
  return world;
}

async function planOf(
  world: PeopleWorld,
  list: AdoptionList = "unmatched",
  limit = 100,
): Promise<AdoptionPlan> {
  const { id, directoryId } = world.tenant;
  const plan = await rolledBack(test.database, (sql) =>
    planAdoption(sql, id, directoryId, new Date(), { list, after: null, limit }),
  );
  if (plan === "busy") {
    throw new Error("nobody else asks");
  }
  return plan;
}

async function activate(world: PeopleWorld): Promise<void> {
  const { id, directoryId } = world.tenant;
  const { prisma } = test.database;
  await prisma.$transaction(async (tx) => {
    const sql = sqlOverPrisma(tx);
    await lockPeople(sql, id);
    expect(
      await activateDirectory({ tx, sql, record: () => undefined }, id, directoryId, new Date()),
    ).toMatchObject({ inReview: false });
  });
  await world.settle();
}

const person = (world: PeopleWorld, name: string) => ({
  address: `${name}@${world.domain}`,
  push: (active = true, more: object = {}) =>
    world.tell(name, {
      ...{
        userName: `${name}@${world.domain}`,
        externalId: null,
        emails: [`${name}@${world.domain}`],
        active,
      },
      ...more,
    }),
  login: (groups: readonly string[] = []) =>
    world.login({ subject: name, email: `${name}@${world.domain}`, emailVerified: true, groups }),
});

it("changes nobody's access by what is pushed, and lets the same people sign in", async () => {
  const world = await createReviewed();
  const [ada, grace, leaver] = ["ada", "grace", "leaver"].map((name) => person(world, name)) as [
    ReturnType<typeof person>,
    ReturnType<typeof person>,
    ReturnType<typeof person>,
  ];
  await ada.login();
  await world.add(grace.address);
  const before = await world.everything();
  await ada.push(false);
  await grace.push(true);
  await leaver.push(false);
  await world.settle();
  expect(await world.everything()).toEqual(before);
  expect(await world.tenant.dirtyRows()).toBe(0);
  expect(await ada.login()).toBe(true);
  // Whom only it says to have left may come, too: nobody has read that yet.
  expect(await leaver.login()).toBe(true);
  await world.forget("leaver");
  await world.settle();
  expect(await leaver.login()).toBe(true);
  // And it lets nobody in whom another directory ended.
  const other = person(world, "other");
  await world.tell(
    "other-2",
    { userName: other.address, externalId: null, emails: [other.address], active: false },
    1,
  );
  await world.settle();
  expect(await other.login()).toBe(false);
  await world.tell("other", {
    userName: other.address,
    externalId: null,
    emails: [other.address],
    active: true,
  });
  await world.settle();
  expect(await other.login()).toBe(false);
});

it("tells who would be matched, who is new, who would lose what, and whom it does not know", async () => {
  const world = await createReviewed();
  const { tenant } = world;
  await tenant.mapGroup("engineering", "engineer");
  await tenant.mapGroup("auditors", "auditor");
  const people = Object.fromEntries(
    ["hand", "jit", "leaver", "forgotten", "newcomer"].map((name) => [name, person(world, name)]),
  ) as Record<"hand" | "jit" | "leaver" | "forgotten" | "newcomer", ReturnType<typeof person>>;
  await world.add(people.hand.address);
  await people.jit.login(["Auditors"]);
  await people.leaver.login();
  await world.add(people.forgotten.address);
  await people.hand.push();
  await people.jit.push();
  await people.leaver.push(false);
  await people.newcomer.push();
  const { rows } = await test.database.sql.query<{ id: string; user_name: string }>(
    "SELECT id, user_name FROM directory_users WHERE directory_id = $1",
    [tenant.directoryId],
  );
  const idOf = (one: { address: string }) =>
    rows.find(({ user_name }) => user_name === one.address)?.id ?? "";
  await tenant.pushGroup("engineering", [idOf(people.hand), idOf(people.newcomer)]);
  await world.settle();

  const plan = await planOf(world);
  expect(plan.counts).toEqual({ matched: 2, inactive: 1, unmatched: 1, elsewhere: 0, new: 1 });
  expect(plan.access).toMatchObject({ suspend: 1, lose: 2 });
  expect(plan.people).toMatchObject([
    { email: people.forgotten.address, state: "unmatched", suspended: false },
  ]);
  expect((await planOf(world, "new")).people).toMatchObject([
    { email: people.newcomer.address, userId: null, gains: ["engineer", "member"], loses: [] },
  ]);
  expect((await planOf(world, "losing")).people).toMatchObject([
    { email: people.jit.address, loses: ["auditor"], suspended: false },
    { email: people.leaver.address, suspended: true },
  ]);
  expect((await planOf(world, "matched")).people.map(({ email, gains }) => [email, gains])).toEqual([
    [people.hand.address, ["engineer"]],
    [people.jit.address, []],
  ]);
});

it("is worked out once at a time, and then again", async () => {
  const world = await createReviewed();
  const { id, directoryId } = world.tenant;
  const page = { list: "new", after: null, limit: 1 } as const;
  await rolledBack(test.database, async (sql) => {
    expect(await planAdoption(sql, id, directoryId, new Date(), page)).not.toBe("busy");
    const other = await rolledBack(test.database, (inner) =>
      planAdoption(inner, id, directoryId, new Date(), page),
    );
    expect(other).toBe("busy");
  });
  expect(await planOf(world)).toMatchObject({ access: { people: 0 } });
});

describe("whatever was there, and whatever is pushed", () => {
  const name = fc.constantFrom("a", "b", "c", "d");
  const step = fc.oneof(
    fc.record({ do: fc.constant("add" as const), name }),
    fc.record({
      do: fc.constant("login" as const),
      name,
      as: name,
      groups: fc.constantFrom([], ["g"], ["h"]),
    }),
    fc.record({
      do: fc.constant("tell" as const),
      name,
      as: name,
      active: fc.boolean(),
      second: fc.boolean(),
    }),
    fc.record({
      do: fc.constant("tell" as const),
      name,
      as: name,
      active: fc.boolean(),
      second: fc.constant(false),
    }),
    fc.record({ do: fc.constant("forget" as const), name }),
    fc.record({ do: fc.constant("settle" as const) }),
  );

  it("happens to everybody as the plan said, and the plan itself changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 2, maxLength: 14 }),
        fc.boolean(),
        async (steps, grouped) => {
          const world = await createReviewed();
          const { tenant } = world;
          await tenant.mapGroup("g", "engineer");
          await tenant.mapGroup("h", "auditor");
          for (const one of steps) {
            await act(world, one);
          }
          if (grouped) {
            const { rows } = await test.database.sql.query<{ id: string }>(
              "SELECT id FROM directory_users WHERE directory_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT 2",
              [tenant.directoryId],
            );
            await tenant.pushGroup(
              "g",
              rows.map(({ id }) => id),
            );
          }
          await world.settle();
          const before = await world.everything();
          const had = await world.users();
          const plan = await planOf(world);
          const [losing, coming] = [await planOf(world, "losing"), await planOf(world, "new")];
          expect(await world.everything()).toEqual(before);

          await activate(world);
          const has = new Map((await world.users()).map((user) => [user.userId, user]));
          for (const user of had) {
            const lost = losing.people.find(({ userId }) => userId === user.userId);
            const after = has.get(user.userId);
            expect(user.mayEnter && after?.mayEnter !== true, JSON.stringify(user)).toBe(
              lost?.suspended ?? false,
            );
            const loses = user.roles.filter((role) => after?.roles.includes(role) !== true);
            expect(loses).toEqual(lost?.loses ?? []);
          }
          const known = new Set(had.map(({ userId }) => userId));
          const came = [...has.values()].filter(({ userId, mayEnter }) => mayEnter && !known.has(userId));
          expect(came.map(({ roles }) => roles.join(" ")).sort()).toEqual(
            coming.people.map(({ gains }) => gains.join(" ")).sort(),
          );
          expect(plan.counts.new).toBe(came.length);
        },
      ),
      { numRuns: 25 },
    );
  });

  async function act(
    world: PeopleWorld,
    one: typeof step extends fc.Arbitrary<infer T> ? T : never,
  ): Promise<void> {
    const address = (of: string) => `${of}@${world.domain}`;
    switch (one.do) {
      case "add":
        await world.add(address(one.name));
        return;
      case "login":
        await world.login({
          subject: one.name,
          email: address(one.as),
          emailVerified: true,
          groups: one.groups,
        });
        return;
      case "tell": {
        const told = {
          userName: address(one.as),
          externalId: null,
          emails: [address(one.as)],
          active: one.active,
        };
        // Names are unique in a directory.
        const key = `${one.as} ${one.second}`;
        await world.tell(key, told, one.second ? 1 : 0);
        return;
      }
      case "forget":
        await world.forget(`${one.name} false`);
        return;
      default:
        await world.settle();
    }
  }
});

it("leaves nothing that ends anybody when it is deleted without having been activated", async () => {
  const world = await createReviewed();
  const { id, directoryId } = world.tenant;
  const ada = person(world, "ada");
  await ada.push(false);
  await world.settle();
  await test.database.prisma.$transaction(async (tx) => {
    await deleteDirectory(
      { tx, sql: sqlOverPrisma(tx), record: () => undefined },
      id,
      directoryId,
      new Date(),
    );
  });
  await world.settle();
  expect(await ada.login()).toBe(true);
  const { rows } = await test.database.sql.query(
    "SELECT 1 FROM directory_identifiers WHERE directory_id = $1",
    [directoryId],
  );
  expect(rows).toEqual([]);
});
