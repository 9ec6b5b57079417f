import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { lockPeople } from "@sallyport/people";
import { createSession } from "@sallyport/sessions/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createReconciliation } from "../../testing/reconciliation.ts";
import { createTenant, type Tenant } from "../../testing/tenant.ts";
import type { Checkpoint } from "./checkpoint.ts";

let test: TestDatabase;
let acme: Tenant;

beforeEach(async () => {
  test = await createTestDatabase({ poolSize: 12 });
  acme = await createTenant(test.database.sql, "acme");
});

afterEach(() => test.drop());

/** What came of it, independent of ids: each person's membership by email, and how often each event was recorded. */
async function outcome(): Promise<unknown> {
  const { rows } = await test.database.sql.query(
    `SELECT u.email, m.status, m.source,
            ARRAY(SELECT r.key FROM role_bindings b JOIN roles r ON r.id = b.role_id
                  WHERE b.membership_id = m.id ORDER BY 1) AS roles
     FROM users u LEFT JOIN memberships m ON m.user_id = u.id WHERE u.organization_id = $1 ORDER BY u.email`,
    [acme.id],
  );
  const { rows: events } = await test.database.sql.query(
    "SELECT type, count(*)::int FROM events WHERE organization_id = $1 GROUP BY type ORDER BY type",
    [acme.id],
  );
  return { people: rows, events, dirty: await acme.dirtyRows() };
}

interface Pushed {
  readonly users: string[];
  readonly groups: string[];
}

async function push(): Promise<Pushed> {
  await acme.mapGroup("Engineering", "engineer");
  await acme.mapGroup("Audit", "auditor");
  const users = [];
  for (let n = 0; n < 7; n++) {
    users.push(await acme.pushUser({ email: `user${n}@acme.example`, active: n !== 3 }));
  }
  const groups = [
    await acme.pushGroup("Engineering", users.slice(0, 5)),
    await acme.pushGroup("Audit", users.slice(3)),
  ];
  return { users, groups };
}

async function change({ users, groups }: Pushed): Promise<void> {
  const [first = "", second = "", third = "", fourth = ""] = users;
  await acme.changeUser(first, { active: false });
  await acme.deleteUser(second);
  await acme.changeUser(fourth, { active: true });
  await acme.removeMembers(groups[0] ?? "", [third]);
  await acme.deleteGroup(groups[1] ?? "");
}

const EXPECTED = {
  people: [
    { email: "user0@acme.example", status: "suspended", source: "directory", roles: [] },
    { email: "user1@acme.example", status: "suspended", source: "directory", roles: [] },
    { email: "user2@acme.example", status: "active", source: "directory", roles: ["member"] },
    { email: "user3@acme.example", status: "active", source: "directory", roles: ["engineer", "member"] },
    { email: "user4@acme.example", status: "active", source: "directory", roles: ["engineer", "member"] },
    { email: "user5@acme.example", status: "active", source: "directory", roles: ["member"] },
    { email: "user6@acme.example", status: "active", source: "directory", roles: ["member"] },
  ],
  events: [
    { type: "membership.activated", count: 1 },
    { type: "membership.created", count: 7 },
    { type: "membership.suspended", count: 2 },
    // 6 active: member; 4 of them in Engineering, 3 in Audit; later the fourth: member and Engineering
    { type: "role_binding.created", count: 15 },
    // two memberships suspended with 2 roles each; one left Engineering; 3 lost Audit
    { type: "role_binding.deleted", count: 8 },
    { type: "user.created", count: 7 },
  ],
  dirty: 0,
};

describe("a crash", () => {
  it.each<[Checkpoint, number]>([
    ["groupsApplied", 1],
    ["usersTaken", 1],
    ["usersTaken", 2],
    ["usersApplied", 1],
    ["usersApplied", 2],
    ["committed", 1],
    ["committed", 2],
    ["committed", 3],
  ])("at %s, the time %i, loses nothing and doubles nothing", async (checkpoint, nth) => {
    let left = nth;
    let crashes = 0;
    const crash = (at: Checkpoint) => {
      if (at !== checkpoint || --left !== 0) {
        return;
      }
      crashes++;
      throw new Error("crashed");
    };
    const reconciliation = createReconciliation(test.database, { batchSize: 2, reach: crash });
    const settleThroughCrash = () =>
      reconciliation.settle(acme.id).catch(() => reconciliation.settle(acme.id));
    const pushed = await push();
    await settleThroughCrash();
    left = nth;
    await change(pushed);
    await settleThroughCrash();
    expect(crashes).toBe(2);
    expect(await outcome()).toEqual(EXPECTED);
  });
});

describe("jobs", () => {
  it("doubled and at once, from several processes, give the result of one", async () => {
    const workers = [1, 2, 3, 4].map(() => createReconciliation(test.database, { batchSize: 2 }));
    const everybody = () => Promise.all(workers.map((worker) => worker.settle(acme.id)));
    const pushed = await push();
    await everybody();
    await change(pushed);
    await everybody();
    expect(await outcome()).toEqual(EXPECTED);
  });

  it("lost in between leave the same to the next one", async () => {
    const pushed = await push();
    await createReconciliation(test.database).settle(acme.id);
    await change(pushed);
    await acme.changeUser(pushed.users[4] ?? "", { active: false });
    await acme.changeUser(pushed.users[4] ?? "", { active: true }); // never seen inactive
    await createReconciliation(test.database).settle(acme.id);
    expect(await outcome()).toEqual(EXPECTED);
  });

  it("stop after their share of batches, and say so", async () => {
    await push();
    const reconciliation = createReconciliation(test.database, { batchSize: 2, batchesPerTurn: 2 });
    expect(await reconciliation.turn(acme.id)).toBe("more");
    expect(await acme.dirtyRows()).toBe(5); // the groups and one batch of users
    await reconciliation.settle(acme.id);
    expect(await acme.dirtyRows()).toBe(0);
  });
});

describe("a SCIM request during a batch", () => {
  it("that changes a user of that batch waits for nobody, and is seen by the next", async () => {
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    let requests = 0;
    const reconciliation = createReconciliation(test.database, {
      reach: async (at) => {
        if (at === "usersApplied" && ++requests === 1) {
          await acme.changeUser(ada, { active: false });
        }
      },
    });
    await reconciliation.settle(acme.id);
    expect(requests).toBe(1);
    expect((await acme.membershipOf(await acme.userIdOf(ada)))?.status).toBe("active");
    expect(await acme.dirtyRows()).toBe(1);
    await reconciliation.settle(acme.id);
    expect((await acme.membershipOf(await acme.userIdOf(ada)))?.status).toBe("suspended");
  });

  it("that deletes a user of that batch, as it was being linked, leaves it to the next", async () => {
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    let requests = 0;
    const reconciliation = createReconciliation(test.database, {
      reach: async (at) => {
        if (at === "usersTaken" && ++requests === 1) {
          await acme.deleteUser(ada);
        }
      },
    });
    await reconciliation.settle(acme.id);
    expect(await acme.dirtyRows()).toBe(1);
    await reconciliation.settle(acme.id);
    expect(requests).toBe(2);
    expect(await acme.dirtyRows()).toBe(0);
    const { rows } = await test.database.sql.query(
      "SELECT u.email, m.status FROM users u LEFT JOIN memberships m ON m.user_id = u.id",
    );
    expect(rows).toEqual([{ email: "ada@acme.example", status: null }]);
  });

  it("that holds a user keeps neither of the two waiting, and is seen once it is committed", async () => {
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    const bob = await acme.pushUser({ email: "bob@acme.example" });
    const reconciliation = createReconciliation(test.database);
    await test.database.transaction(async (sql) => {
      await sql.query("UPDATE directory_users SET active = false WHERE id = $1", [ada]);
      await sql.query(
        "INSERT INTO dirty_directory_users (organization_id, directory_user_id) VALUES ($1, $2)",
        [acme.id, ada],
      );
      await reconciliation.settle(acme.id);
      expect((await acme.membershipOf(await acme.userIdOf(ada)))?.status).toBe("active");
      expect(await acme.userIdOf(bob)).not.toBeNull();
    });
    expect(await acme.dirtyRows()).toBe(1);
    await reconciliation.settle(acme.id);
    expect((await acme.membershipOf(await acme.userIdOf(ada)))?.status).toBe("suspended");
  });

  it("that holds a member of a changed group keeps nobody waiting either", async () => {
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    await acme.pushGroup("Engineering", [ada]);
    const reconciliation = createReconciliation(test.database);
    await reconciliation.settle(acme.id);
    await acme.mapGroup("Engineering", "engineer");
    await test.database.transaction(async (sql) => {
      await sql.query("SELECT 1 FROM directory_users WHERE id = $1 FOR NO KEY UPDATE", [ada]);
      await reconciliation.settle(acme.id);
    });
    expect((await acme.membershipOf(await acme.userIdOf(ada)))?.roles).toEqual(["engineer", "member"]);
  });

  it("that renames a group again, while its members are being marked, is seen by the next", async () => {
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    await acme.mapGroup("Audit", "auditor");
    const group = await acme.pushGroup("Engineering", [ada]);
    let renames = 0;
    const reconciliation = createReconciliation(test.database, {
      reach: async (at) => {
        if (at === "groupsApplied" && ++renames === 1) {
          await acme.renameGroup(group, "Audit");
        }
      },
    });
    await reconciliation.settle(acme.id);
    await reconciliation.settle(acme.id);
    expect((await acme.membershipOf(await acme.userIdOf(ada)))?.roles).toEqual(["auditor", "member"]);
    expect(await acme.dirtyRows()).toBe(0);
  });
});

it("takes the marks of what is gone, however many, and goes on to the others", async () => {
  const gone = Array.from({ length: 5 }, () => "00000000-0000-0000-0000-000000000001");
  await test.database.sql.query(
    `INSERT INTO dirty_directory_users (organization_id, directory_user_id)
     SELECT $1, overlay(id::text placing n::text from 36 for 1)::uuid FROM unnest($2::uuid[]) WITH ORDINALITY AS gone (id, n)`,
    [acme.id, gone],
  );
  await test.database.sql.query(
    "INSERT INTO dirty_directory_groups (organization_id, directory_group_id) SELECT $1, unnest($2::uuid[])",
    [acme.id, gone],
  );
  const ada = await acme.pushUser({ email: "ada@acme.example" });
  await createReconciliation(test.database, { batchSize: 2 }).settle(acme.id);
  expect(await acme.userIdOf(ada)).not.toBeNull();
  expect(await acme.dirtyRows()).toBe(0);
});

it("holds back whoever else makes users of the organization, so that both see each other's", async () => {
  const ada = await acme.pushUser({ email: "ada@acme.example" });
  let signIn: Promise<unknown[]> | undefined;
  const reconciliation = createReconciliation(test.database, {
    reach: (at) => {
      if (at !== "usersTaken") {
        return;
      }
      signIn = test.database.transaction(async (sql) => {
        await lockPeople(sql, acme.id);
        const { rows } = await sql.query("SELECT id FROM users WHERE email = 'ada@acme.example'");
        return rows;
      });
    },
  });
  await reconciliation.settle(acme.id);
  expect(await signIn).toEqual([{ id: await acme.userIdOf(ada) }]);
});

it("revokes or refuses every session of sign-ins that race a suspension", async () => {
  const ada = await acme.pushUser({ email: "ada@acme.example" });
  const reconciliation = createReconciliation(test.database);
  await reconciliation.settle(acme.id);
  const userId = (await acme.userIdOf(ada)) ?? "";
  const signIn = () =>
    createSession(test.database.sql, {
      organizationId: acme.id,
      userId,
      connectionId: newId(),
      identityId: newId(),
      amr: [],
      acr: null,
      groups: [],
      idpSession: null,
      authTime: new Date(),
      expiresAt: new Date(Date.now() + 3_600_000),
    });
  await acme.changeUser(ada, { active: false });
  await Promise.all([...Array.from({ length: 30 }, signIn), reconciliation.settle(acme.id)]);
  const { rows } = await test.database.sql.query("SELECT id FROM sessions WHERE revoked_at IS NULL");
  expect(rows).toEqual([]);
});
