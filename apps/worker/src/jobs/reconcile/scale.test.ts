import type { Database, Sql } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { setGuard } from "@sallyport/people";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createReconciliation } from "../../testing/reconciliation.ts";
import { createTenant, type Tenant } from "../../testing/tenant.ts";

let test: TestDatabase;
let acme: Tenant;

beforeEach(async () => {
  test = await createTestDatabase();
  acme = await createTenant(test.database.sql, "acme");
});

afterEach(() => test.drop());

/** The same database, with a count of its transactions and of the statements in them. */
function counting(database: Database): {
  database: Database;
  counts: { transactions: number; statements: number };
} {
  const counts = { transactions: 0, statements: 0 };
  const count = (sql: Sql): Sql => ({
    query: (...args) => {
      counts.statements++;
      return sql.query(...args);
    },
  });
  return {
    counts,
    database: {
      ...database,
      transaction: (work) => {
        counts.transactions++;
        return database.transaction((sql) => work(count(sql)));
      },
    },
  };
}

async function pushMany(users: number, groups: number, membersEach: number): Promise<void> {
  const { sql } = test.database;
  await sql.query(
    `INSERT INTO directory_users (id, organization_id, directory_id, user_name, user_name_key, email, resource)
     SELECT gen_random_uuid(), $1, $2, 'user' || n, 'user' || n, 'user' || n || '@acme.example',
            jsonb_build_object('name', jsonb_build_object('givenName', 'User', 'familyName', n::text))
     FROM generate_series(1, $3::int) AS n`,
    [acme.id, acme.directoryId, users],
  );
  await sql.query(
    `INSERT INTO directory_groups (id, organization_id, directory_id, display_name, display_name_key, resource)
     SELECT gen_random_uuid(), $1, $2, 'Group ' || n, 'group ' || n, '{}' FROM generate_series(1, $3::int) AS n`,
    [acme.id, acme.directoryId, groups],
  );
  await sql.query(
    `INSERT INTO directory_group_members (organization_id, group_id, user_id)
     SELECT $1, g.id, u.id
     FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM directory_groups WHERE organization_id = $1) g
     JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM directory_users WHERE organization_id = $1) u
       ON u.n / $2::int = g.n`,
    [acme.id, membersEach],
  );
  await sql.query("INSERT INTO dirty_directory_users SELECT organization_id, id FROM directory_users");
  await sql.query("INSERT INTO dirty_directory_groups SELECT organization_id, id FROM directory_groups");
}

async function count(from: string): Promise<number> {
  const { rows } = await test.database.sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${from}`,
  );
  return rows[0]?.count ?? 0;
}

it("reconciles 10,000 users and 100 groups of 100 in a number of statements that does not grow with the batch", async () => {
  for (let n = 1; n <= 50; n++) {
    await acme.mapGroup(`Group ${n}`, n % 2 === 0 ? "engineer" : "auditor");
  }
  await pushMany(10_000, 100, 100);
  const { database, counts } = counting(test.database);
  await createReconciliation(database).settle(acme.id);

  expect(await acme.dirtyRows()).toBe(0);
  expect(await count("memberships WHERE status = 'active' AND source = 'directory'")).toBe(10_000);
  expect(await count("role_bindings b JOIN roles r ON r.id = b.role_id WHERE r.key = 'member'")).toBe(10_000);
  expect(await count("role_bindings b JOIN roles r ON r.id = b.role_id WHERE r.key <> 'member'")).toBe(5_000);
  expect(await count("events")).toBe(35_000);
  // One transaction for the groups, 20 for the users, one that finds nothing behind them, and one that finds nothing.
  expect(counts.transactions).toBe(23);
  expect(counts.statements / counts.transactions).toBeLessThan(16);
});

it("passes a change of one group on to 12,000 members in portions", async () => {
  await acme.mapGroup("Group 1", "auditor");
  await pushMany(12_000, 1, 12_000);
  // All of them at once is what is meant here.
  await setGuard(test.database.sql, acme.id, acme.id, { share: 100, people: 20, minutes: 60 });
  const reconciliation = createReconciliation(test.database);
  await reconciliation.settle(acme.id);
  const { rows } = await test.database.sql.query<{ id: string }>("SELECT id FROM directory_groups");
  await acme.deleteGroup(rows[0]?.id ?? "");
  await reconciliation.settle(acme.id);

  expect(await acme.dirtyRows()).toBe(0);
  expect(await count("role_bindings b JOIN roles r ON r.id = b.role_id WHERE r.key = 'auditor'")).toBe(0);
  expect(await count("events WHERE type = 'role_binding.deleted'")).toBe(12_000);
  expect(await count("directory_group_members")).toBe(0);
});
