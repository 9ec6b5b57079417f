import { type Database, type Sql, sqlOverPrisma } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import {
  decideHeldChange,
  type HeldChange,
  listHeldChanges,
  planHeldChange,
  setGuard,
} from "@sallyport/people";
import { type GroupMapping, replaceGroupMappings } from "@sallyport/roles";
import {
  createPeopleWorld,
  createReconciliation,
  createTenant,
  type Tenant,
  type TestReconciliation,
} from "@sallyport/worker/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

// A directory takes access from fewer than 5 people within an hour, or from no more than 30 % of its 20.
const GUARD = { share: 30, people: 5, minutes: 60 };

let test: TestDatabase;
let tenant: Tenant;
let people: string[];
let tenants = 0;
const clock = { now: new Date("2026-01-01T12:00:00Z") };
let reconciliation: TestReconciliation;

beforeAll(async () => {
  test = await createTestDatabase();
  reconciliation = createReconciliation(test.database, { now: () => clock.now });
});
afterAll(() => test.drop());
beforeEach(async () => {
  tenant = await createTenant(test.database.sql, `guard${tenants++}`);
  await setGuard(test.database.sql, tenant.id, tenant.id, GUARD);
  people = [];
  for (let n = 0; n < 20; n++) {
    people.push(await tenant.pushUser());
  }
  await settle();
});

const settle = () => reconciliation.settle(tenant.id);
const later = (minutes: number) => {
  clock.now = new Date(clock.now.getTime() + minutes * 60_000);
};

async function deactivate(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await tenant.changeUser(id, { active: false });
  }
  await settle();
}

async function suspended(of = tenant): Promise<number> {
  const { rows } = await test.database.sql.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM memberships WHERE organization_id = $1 AND status = 'suspended'",
    [of.id],
  );
  return rows[0]?.count ?? 0;
}

async function withRole(role: string): Promise<number> {
  const { rows } = await test.database.sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM role_bindings b JOIN roles r ON r.id = b.role_id
     WHERE b.organization_id = $1 AND r.key = $2`,
    [tenant.id, role],
  );
  return rows[0]?.count ?? 0;
}

const changes = () => listHeldChanges(test.database.sql, tenant.id, { status: null, after: null, limit: 10 });

/** The one change that is held; throws where there is none, or more. */
async function heldChange(): Promise<HeldChange> {
  const held = (await changes()).filter(({ status }) => status === "held");
  expect(held).toHaveLength(1);
  const [change] = held;
  if (change === undefined) {
    throw new Error("Nothing is held");
  }
  return change;
}

async function decide(id: string, decision: "confirmed" | "rejected"): Promise<void> {
  const done = await test.database.transaction((sql) =>
    decideHeldChange(sql, tenant.id, id, decision, clock.now),
  );
  expect(done).toMatchObject({ event: { type: `held_change.${decision}` } });
  await settle();
}

async function heldEvents(): Promise<unknown[]> {
  const { rows } = await test.database.sql.query<{ type: string; data: object }>(
    `SELECT type, data - 'directoryId' AS data FROM events
     WHERE organization_id = $1 AND resource_type = 'heldChange' ORDER BY serial`,
    [tenant.id],
  );
  return rows.map(({ type, data }) => [type, data]);
}

describe("people whom a directory deactivates", () => {
  it("lose nothing where they are too many at once, until that is confirmed", async () => {
    await deactivate(people.slice(0, 10));
    expect(await suspended()).toBe(0);
    const change = await heldChange();
    expect(change).toMatchObject({ people: 10, suspended: 10, directory: { id: tenant.directoryId } });
    expect(await heldEvents()).toEqual([["held_change.created", { people: 10, suspended: 10 }]]);
    expect(await tenant.dirtyRows()).toBe(0);

    const plan = await test.database.transaction((sql) =>
      planHeldChange(sql, tenant.id, clock.now, change.id, { after: null, limit: 3, counts: null }),
    );
    expect(plan.counts).toEqual({ people: 10, gain: 0, lose: 10, suspend: 10, admit: 0 });
    expect(plan.changes).toHaveLength(3);

    await decide(change.id, "confirmed");
    expect(await suspended()).toBe(10);
    expect((await changes())[0]).toMatchObject({ status: "confirmed", people: 0 });
  });

  it("lose it at once where they are few, and each by itself while others are held", async () => {
    await deactivate(people.slice(0, 1));
    expect(await suspended()).toBe(1);
    await deactivate(people.slice(1, 11));
    expect(await suspended()).toBe(1);
    await deactivate(people.slice(11, 12));
    expect(await suspended()).toBe(2);
    expect(await heldChange()).toMatchObject({ people: 10 });
  });

  it("are counted over the hour, however small the portions", async () => {
    for (const id of people.slice(0, 9)) {
      await deactivate([id]);
      later(2);
    }
    expect(await suspended()).toBe(6); // 30 %
    expect(await heldChange()).toMatchObject({ people: 3 });
    expect((await heldEvents()).map((event) => (event as [string])[0])).toEqual([
      "held_change.created",
      "held_change.grown",
      "held_change.grown",
    ]);
    later(61);
    await deactivate(people.slice(9, 10));
    expect(await suspended()).toBe(7);
    expect(await heldChange()).toMatchObject({ people: 3 });
  });

  it("are counted of each directory by itself", async () => {
    const other = await tenant.addDirectory();
    const elsewhere = [];
    for (let n = 0; n < 4; n++) {
      elsewhere.push(await tenant.pushUser({}, other));
    }
    await settle();
    await deactivate([...people.slice(0, 4), ...elsewhere]);
    expect(await suspended()).toBe(8);
    expect(await changes()).toEqual([]);
  });

  it("lose it when it is confirmed only where the directory still says so", async () => {
    await deactivate(people.slice(0, 10));
    for (const id of people.slice(0, 7)) {
      await tenant.changeUser(id, { active: true });
    }
    await settle();
    const change = await heldChange();
    expect(change).toMatchObject({ people: 3 });
    await decide(change.id, "confirmed");
    expect(await suspended()).toBe(3);
  });

  it("are held no longer once the directory has them all back", async () => {
    await deactivate(people.slice(0, 10));
    for (const id of people.slice(0, 10)) {
      await tenant.changeUser(id, { active: true });
    }
    await settle();
    expect(await changes()).toMatchObject([{ status: "withdrawn", people: 0 }]);
    expect((await heldEvents()).at(-1)).toEqual(["held_change.withdrawn", {}]);
    await deactivate(people.slice(0, 1));
    expect(await suspended()).toBe(1);
  });

  it("are held as well when they are deleted, and gone once it is confirmed", async () => {
    for (const id of people.slice(0, 10)) {
      await tenant.deleteUser(id);
    }
    await settle();
    expect(await suspended()).toBe(0);
    const rows = async () =>
      (await test.database.sql.query("SELECT 1 FROM directory_users WHERE organization_id = $1", [tenant.id]))
        .rows.length;
    expect(await rows()).toBe(20);
    await decide((await heldChange()).id, "confirmed");
    expect(await suspended()).toBe(10);
    expect(await rows()).toBe(10);
  });
});

describe("a rejected change", () => {
  beforeEach(async () => {
    await deactivate(people.slice(0, 10));
    await decide((await heldChange()).id, "rejected");
  });

  it("leaves its people what they have, whatever has them looked at again", async () => {
    await test.database.sql.query(
      "INSERT INTO dirty_directory_users (organization_id, directory_user_id, identified) SELECT organization_id, id, true FROM directory_users WHERE organization_id = $1",
      [tenant.id],
    );
    await settle();
    expect(await suspended()).toBe(0);
    expect(await changes()).toMatchObject([{ status: "rejected", people: 10 }]);
  });

  it("is over for whom the directory says something else of: then the guard looks anew", async () => {
    await tenant.changeUser(people[0] ?? "", { active: true });
    await settle();
    await deactivate(people.slice(0, 1));
    expect(await suspended()).toBe(1);
    expect(await changes()).toMatchObject([{ status: "rejected", people: 9 }]);
  });

  it("can be confirmed later", async () => {
    const [change] = await changes();
    await decide(change?.id ?? "", "confirmed");
    expect(await suspended()).toBe(10);
  });

  it("is not rejected twice, nor confirmed twice", async () => {
    const [change] = await changes();
    const again = (decision: "confirmed" | "rejected") =>
      test.database.transaction((sql) =>
        decideHeldChange(sql, tenant.id, change?.id ?? "", decision, clock.now),
      );
    expect(await again("rejected")).toEqual({ undecided: "decided" });
    await again("confirmed");
    expect(await again("confirmed")).toEqual({ undecided: "decided" });
    expect(await again("rejected")).toEqual({ undecided: "decided" });
  });
});

describe("roles", () => {
  let group: string;
  beforeEach(async () => {
    await replace([{ group: "Staff", role: "engineer" }]);
    group = await tenant.pushGroup("Staff", people);
    await settle();
    expect(await withRole("engineer")).toBe(20);
  });

  const replace = (mappings: readonly GroupMapping[]) =>
    test.database.prisma.$transaction((tx) =>
      replaceGroupMappings(
        { tx, sql: sqlOverPrisma(tx), record: () => undefined },
        tenant.id,
        mappings,
        clock.now,
      ),
    );

  it("stay where a directory deletes the group that gave them, until that is confirmed", async () => {
    await tenant.deleteGroup(group);
    await settle();
    expect(await withRole("engineer")).toBe(20);
    const change = await heldChange();
    expect(change).toMatchObject({ people: 20, suspended: 0 });
    await decide(change.id, "confirmed");
    expect(await withRole("engineer")).toBe(0);
    expect(await suspended()).toBe(0);
  });

  it("go at once where an administrator takes the mapping away, and count for nothing", async () => {
    await replace([]);
    await settle();
    expect(await withRole("engineer")).toBe(0);
    expect(await changes()).toEqual([]);
    await deactivate(people.slice(0, 1));
    expect(await suspended()).toBe(1);
  });

  it("go at once where an administrator takes the pattern away that named their group", async () => {
    await replace([{ group: "st*ff", role: "engineer", match: "pattern", directory: tenant.directoryId }]);
    await settle();
    expect(await withRole("engineer")).toBe(20);
    await replace([{ group: "st*gg", role: "engineer", match: "pattern", directory: tenant.directoryId }]);
    await settle();
    expect(await withRole("engineer")).toBe(0);
    expect(await changes()).toEqual([]);
  });

  it("are held though an administrator took another mapping away", async () => {
    await replace([
      { group: "Staff", role: "engineer" },
      { group: "Others", role: "engineer" },
    ]);
    await replace([{ group: "Staff", role: "engineer" }]);
    await tenant.removeMembers(group, people);
    await settle();
    expect(await withRole("engineer")).toBe(20);
  });

  it("do not keep somebody who is deactivated by themselves", async () => {
    await tenant.deleteGroup(group);
    await settle();
    await deactivate(people.slice(0, 1));
    expect(await suspended()).toBe(1);
    expect(await withRole("engineer")).toBe(19);
    expect(await heldChange()).toMatchObject({ people: 19 });
  });
});

it("holds nothing where an administrator deletes the directory, also not what was held of it", async () => {
  await deactivate(people.slice(0, 10));
  await test.database.sql.query("UPDATE directories SET deleted_at = now() WHERE id = $1", [
    tenant.directoryId,
  ]);
  for (const id of people) {
    await tenant.deleteUser(id);
  }
  await settle();
  expect(await suspended()).toBe(20);
  expect(await changes()).toMatchObject([{ status: "withdrawn" }]);
});

it("lets in, also for the first time, whose end is held", async () => {
  const world = await createPeopleWorld(test.database, `guarded${tenants++}`, { keyed: false });
  await setGuard(test.database.sql, world.tenant.id, world.tenant.id, { ...GUARD, people: 1, share: 0 });
  const email = `ann@${world.domain}`;
  const claims = { subject: "ann", email, emailVerified: true };
  const told = { userName: email, externalId: null, emails: [email], active: true };
  await world.tell("ann", told);
  await world.settle();
  await world.tell("ann", { ...told, active: false });
  await world.settle();
  expect(await suspended(world.tenant)).toBe(0);
  expect(await world.login(claims)).toBe(true);
  expect(await world.login(claims)).toBe(true);
  await test.database.transaction(async (sql) => {
    const [change] = await listHeldChanges(sql, world.tenant.id, { status: "held", after: null, limit: 1 });
    await decideHeldChange(sql, world.tenant.id, change?.id ?? "", "confirmed", new Date());
  });
  await world.settle();
  expect(await world.login(claims)).toBe(false);
});

it("counts once, whichever of two workers at once does the work", async () => {
  for (const id of people.slice(0, 4)) {
    await tenant.changeUser(id, { active: false });
  }
  const other = createReconciliation(test.database, { now: () => clock.now, batchSize: 1 });
  await Promise.all([settle(), other.settle(tenant.id), settle()]);
  expect(await suspended()).toBe(4);
  const { rows } = await test.database.sql.query<{ people: number }>(
    "SELECT sum(people)::int AS people FROM directory_losses WHERE organization_id = $1",
    [tenant.id],
  );
  expect(rows).toEqual([{ people: 4 }]);
});

it("costs a deactivation one statement, and anything else none", async () => {
  const names: string[] = [];
  const counting = (sql: Sql): Sql => ({
    query: (text, values, name) => {
      names.push(name ?? text.slice(0, 40));
      return sql.query(text, values, name);
    },
  });
  const database: Database = {
    ...test.database,
    transaction: (work) => test.database.transaction((sql) => work(counting(sql))),
  };
  const counted = createReconciliation(database, { now: () => clock.now });
  const guards = async (change: Parameters<Tenant["changeUser"]>[1]) => {
    names.length = 0;
    await tenant.changeUser(people[0] ?? "", change);
    await counted.settle(tenant.id);
    return names.filter((name) => /loss|held|count/.test(name));
  };
  expect(await guards({ resource: { displayName: "Ann" } })).toEqual([]);
  expect(await guards({ active: false })).toEqual(["people_count_losses"]);
  expect(await guards({ active: true })).toEqual([]);
});
