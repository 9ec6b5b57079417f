import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import {
  addMember,
  findFreeSeats,
  readSeatUse,
  removeMember,
  type Seats,
  setPolicy,
} from "@sallyport/people";
import {
  createPeopleWorld,
  createReconciliation,
  type PeopleWorld,
  type TestReconciliation,
} from "@sallyport/worker/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

// How many may be members, whoever comes by whatever way.

let test: TestDatabase;
let world: PeopleWorld;
let reconciliation: TestReconciliation;
let worlds = 0;
const clock = { now: new Date("2026-01-01T12:00:00Z") };
beforeAll(async () => {
  test = await createTestDatabase();
  reconciliation = createReconciliation(test.database, { batchSize: 3, now: () => clock.now });
});
afterAll(() => test.drop());
beforeEach(async () => {
  world = await createPeopleWorld(test.database, `seats${worlds++}`, { keyed: false });
});

const later = () => {
  clock.now = new Date(clock.now.getTime() + 60_000);
};
const settle = () => reconciliation.settle(world.tenant.id);
const use = () => readSeatUse(test.database.sql, world.tenant.id);
const limit = (seats: Seats | null) =>
  test.database.transaction((sql) => setPolicy(sql, world.tenant.id, { seats }, clock.now));
const hold = (count: number) => limit({ limit: count, atLimit: "hold" });

async function push(names: readonly string[], active = true): Promise<void> {
  for (const name of names) {
    await tell(name, active);
  }
  await settle();
}

function tell(name: string, active: boolean): Promise<void> {
  const emails = [`${name}@${world.domain}`];
  return world.tell(name, { userName: name, externalId: null, emails, active });
}

const login = (name: string) =>
  world.login({ subject: name, email: `${name}@${world.domain}`, emailVerified: true });

/** Names of the members in a status, sorted. */
async function members(status: string): Promise<string[]> {
  const { rows } = await test.database.sql.query<{ name: string }>(
    `SELECT split_part(u.email, '@', 1) AS name FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE m.organization_id = $1 AND m.status = $2::membership_status ORDER BY 1`,
    [world.tenant.id, status],
  );
  return rows.map(({ name }) => name);
}

async function announced(): Promise<number> {
  const { rows } = await test.database.sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM events WHERE organization_id = $1 AND type = 'organization.seat_limit_reached'`,
    [world.tenant.id],
  );
  return rows[0]?.count ?? 0;
}

describe("beyond the limit", () => {
  it("whoever is pushed waits, without a role or a way in, and it is told once", async () => {
    await hold(2);
    await push(["ann", "ben", "cem", "dov"]);
    expect(await members("active")).toHaveLength(2);
    expect(await members("waiting")).toHaveLength(2);
    expect(await use()).toEqual({ used: 2, waiting: 2 });
    const [waiting = ""] = await members("waiting");
    expect(await login(waiting)).toBe(false);
    const users = await world.users();
    expect(users.find(({ email }) => email?.startsWith(waiting))).toMatchObject({
      mayEnter: false,
      roles: [],
    });
    await push(["eve"]);
    expect(await announced()).toBe(1);
  });

  it("a newcomer is refused, before or beside those who wait, and it is told once", async () => {
    await hold(1);
    expect(await login("zoe")).toBe(true);
    expect(await login("yan")).toBe(false);
    expect(await login("yan")).toBe(false);
    expect(await login("zoe")).toBe(true);
    expect(await announced()).toBe(1);
    expect(await world.add("xia@elsewhere.example")).toBe(false);
    expect(await use()).toEqual({ used: 1, waiting: 0 });
  });

  it("everybody is let in where the policy says so, and it is told once", async () => {
    await limit({ limit: 1, atLimit: "allow" });
    await push(["ann", "ben"]);
    expect(await login("zoe")).toBe(true);
    await push(["cem"]);
    expect(await use()).toEqual({ used: 4, waiting: 0 });
    expect(await announced()).toBe(1);
  });

  it("nobody who is a member loses anything", async () => {
    await push(["ann", "ben", "cem"]);
    await hold(1);
    await settle();
    expect(await members("active")).toEqual(["ann", "ben", "cem"]);
    await push(["dov"]);
    expect(await members("waiting")).toEqual(["dov"]);
  });
});

describe("a free seat", () => {
  beforeEach(async () => {
    await hold(1);
    for (const name of ["ann", "ben", "cem"]) {
      await push([name]);
      later();
    }
    expect(await members("waiting")).toEqual(["ben", "cem"]);
  });

  it("goes to who waits the longest, with their roles", async () => {
    await push(["ann"], false);
    expect([await members("active"), await members("waiting")]).toEqual([["ben"], ["cem"]]);
    expect(await login("ben")).toBe(true);
    const users = await world.users();
    expect(users.find(({ email }) => email?.startsWith("ben"))).toMatchObject({ roles: ["member"] });
    // Who comes back goes to the end.
    await push(["ann"], true);
    await push(["ben"], false);
    expect([await members("active"), await members("waiting")]).toEqual([["cem"], ["ann"]]);
    expect(await world.tenant.auditTypes()).toContain("membership.waiting");
  });

  it("is not taken by a newcomer before them", async () => {
    await tell("ann", false);
    await tell("dov", true);
    await settle();
    expect([await members("active"), await members("waiting")]).toEqual([["ben"], ["cem", "dov"]]);
    expect(await login("zoe")).toBe(false);
  });

  it("is no use to who was deactivated meanwhile", async () => {
    await push(["ben"], false);
    await push(["ann"], false);
    expect([await members("active"), await members("waiting")]).toEqual([["cem"], []]);
  });

  it("comes of a higher limit, and of none", async () => {
    await hold(2);
    await settle();
    expect(await members("active")).toEqual(["ann", "ben"]);
    await limit(null);
    await settle();
    expect(await members("active")).toEqual(["ann", "ben", "cem"]);
  });

  it("comes of a member who is removed by hand", async () => {
    await hold(2);
    await settle();
    await push(["dov"]);
    await limit({ limit: 3, atLimit: "hold" });
    await settle();
    const { rows } = await test.database.sql.query<{ id: string }>(
      "UPDATE memberships SET source = 'manual' WHERE organization_id = $1 AND status = 'active' RETURNING id",
      [world.tenant.id],
    );
    await test.database.transaction((sql) =>
      removeMember(sql, world.tenant.id, rows[0]?.id ?? "", clock.now),
    );
    await settle();
    expect(await members("active")).toContain("dov");
  });

  it("is found whatever freed it", async () => {
    expect(await findFreeSeats(test.database.sql)).not.toContain(world.tenant.id);
    await test.database.sql.query("DELETE FROM users WHERE email LIKE 'ann@%' AND organization_id = $1", [
      world.tenant.id,
    ]);
    expect(await findFreeSeats(test.database.sql)).toContain(world.tenant.id);
  });

  it("is told of anew when the seats are used up again", async () => {
    expect(await announced()).toBe(1);
    await hold(5);
    await settle();
    await push(["dov", "eve", "fin"]);
    expect(await announced()).toBe(2);
  });
});

it("is never taken twice, whoever comes at once: workers, sign-ins and administrators", async () => {
  const LIMIT = 7;
  await hold(LIMIT);
  const names = Array.from({ length: 12 }, (_, n) => `pushed${n}`);
  for (const name of names) {
    await tell(name, true);
  }
  let most = 0;
  let done = false;
  const watch = (async () => {
    while (!done) {
      most = Math.max(most, (await use()).used);
    }
  })();
  const workers = Array.from({ length: 3 }, () => settle());
  const logins = Array.from({ length: 8 }, (_, n) => login(`came${n}`));
  const byHand = Array.from({ length: 4 }, (_, n) => world.add(`made${n}@elsewhere.example`));
  const leaves = (async () => {
    for (const name of names.slice(0, 6)) {
      await tell(name, false);
      await settle();
    }
  })();
  await Promise.all([...workers, ...logins, ...byHand, leaves]);
  await settle();
  done = true;
  await watch;
  const { used, waiting } = await use();
  expect(most).toBeLessThanOrEqual(LIMIT);
  expect(used).toBeLessThanOrEqual(LIMIT);
  expect(waiting === 0 || used === LIMIT).toBe(true);
  expect(await announced()).toBeGreaterThan(0);
});

it("goes to one of many who sign in for the first time at once", async () => {
  for (let round = 1; round <= 5; round++) {
    await hold(round);
    await Promise.all(Array.from({ length: 8 }, (_, n) => login(`at-once-${round}-${n}`)));
    expect(await use()).toEqual({ used: round, waiting: 0 });
  }
});

it("costs a batch nothing where there is no limit, and one statement where there is", async () => {
  const named: string[] = [];
  const { database } = test;
  const counting = createReconciliation(
    {
      ...database,
      transaction: (work) =>
        database.transaction((within) =>
          work({
            query: (...statement) => {
              named.push(statement[2] ?? "");
              return within.query(...statement);
            },
          }),
        ),
    },
    { now: () => clock.now },
  );
  await tell("ann", true);
  await counting.settle(world.tenant.id);
  expect(named.filter((name) => name.includes("seat"))).toEqual([]);
  await hold(5);
  named.length = 0;
  await tell("ben", true);
  await counting.settle(world.tenant.id);
  expect(named.filter((name) => name.includes("seat"))).toEqual(["people_count_seats"]);
});

it("is not given to a member by hand either, beyond the limit", async () => {
  await hold(0);
  const act = test.database.transaction((sql) =>
    addMember(
      sql,
      world.tenant.id,
      { email: "a@b.example", name: undefined, roles: [], memberRole: { id: "", key: "member" } },
      clock.now,
    ),
  );
  await expect(act).rejects.toMatchObject({ reason: "seat_limit_reached" });
});
