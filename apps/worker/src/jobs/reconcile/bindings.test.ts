import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createReconciliation, type TestReconciliation } from "../../testing/reconciliation.ts";
import { createTenant, type Tenant } from "../../testing/tenant.ts";

let test: TestDatabase;
let acme: Tenant;
let reconciliation: TestReconciliation;

beforeEach(async () => {
  test = await createTestDatabase();
  acme = await createTenant(test.database.sql, "acme");
  reconciliation = createReconciliation(test.database);
});

afterEach(() => test.drop());

const settle = () => reconciliation.settle(acme.id);
const memberOf = async (directoryUserId: string) => acme.membershipOf(await acme.userIdOf(directoryUserId));

describe("groups", () => {
  it("grant by their name, whatever its case, and by bindings of their own", async () => {
    await acme.mapGroup("Engineering", "engineer");
    const ada = await acme.pushUser();
    const group = await acme.pushGroup("ENGINEERING", [ada]);
    await settle();
    expect((await memberOf(ada))?.roles).toEqual(["engineer", "member"]);
    await test.database.sql.query(
      `INSERT INTO role_bindings (id, organization_id, role_id, directory_group_id, source)
       SELECT $1, $2, r.id, $3, 'manual' FROM roles r WHERE r.organization_id = $2 AND r.key = 'auditor'`,
      [newId(), acme.id, group],
    );
    await test.database.sql.query(
      "INSERT INTO dirty_directory_groups SELECT organization_id, id FROM directory_groups WHERE id = $1",
      [group],
    );
    await settle();
    expect((await memberOf(ada))?.roles).toEqual(["auditor", "engineer", "member"]);
  });

  it("pass a new mapping, a rename, a lost member and their own end on to their members", async () => {
    const ada = await acme.pushUser();
    const bob = await acme.pushUser();
    const group = await acme.pushGroup("Engineering", [ada, bob]);
    await settle();
    const roles = async () => [(await memberOf(ada))?.roles, (await memberOf(bob))?.roles];
    expect(await roles()).toEqual([["member"], ["member"]]);
    await acme.mapGroup("engineering", "engineer");
    await settle();
    expect(await roles()).toEqual([
      ["engineer", "member"],
      ["engineer", "member"],
    ]);
    await acme.mapGroup("Platform", "auditor");
    await acme.renameGroup(group, "Platform");
    await settle();
    expect(await roles()).toEqual([
      ["auditor", "member"],
      ["auditor", "member"],
    ]);
    await acme.removeMembers(group, [ada]);
    await settle();
    expect(await roles()).toEqual([["member"], ["auditor", "member"]]);
    await acme.deleteGroup(group);
    await settle();
    expect(await roles()).toEqual([["member"], ["member"]]);
    const { rows } = await test.database.sql.query(
      "SELECT group_id FROM directory_group_members UNION ALL SELECT id FROM directory_groups",
    );
    expect(rows).toEqual([]);
    expect(await acme.dirtyRows()).toBe(0);
  });

  it("that two of them grant the same role keep it until both are gone", async () => {
    await acme.mapGroup("A", "engineer");
    await acme.mapGroup("B", "engineer");
    const ada = await acme.pushUser();
    const a = await acme.pushGroup("A", [ada]);
    const b = await acme.pushGroup("B", [ada]);
    await settle();
    await acme.deleteGroup(a);
    await settle();
    expect((await memberOf(ada))?.roles).toEqual(["engineer", "member"]);
    await acme.removeMembers(b, [ada]);
    await settle();
    expect((await memberOf(ada))?.roles).toEqual(["member"]);
  });
});

it("keeps two organizations with the same emails and group names apart", async () => {
  const bravo = await createTenant(test.database.sql, "bravo");
  await acme.mapGroup("Engineering", "admin");
  const emails = ["ada@acme.example", "bob@bravo.example"];
  const push = async (tenant: Tenant) => {
    const ids = [];
    for (const email of emails) {
      ids.push(await tenant.pushUser({ email }));
    }
    await tenant.pushGroup("Engineering", ids);
    return ids;
  };
  const ours = await push(acme);
  const theirs = await push(bravo);
  await settle();
  expect(await bravo.dirtyRows()).toBe(3); // untouched
  await reconciliation.settle(bravo.id);
  for (const id of ours) {
    expect((await memberOf(id))?.roles).toEqual(["admin", "member"]);
  }
  for (const id of theirs) {
    const userId = await bravo.userIdOf(id);
    expect((await bravo.membershipOf(userId))?.roles).toEqual(["member"]);
    expect(await acme.membershipOf(userId)).toBeNull();
  }
  for (const id of ours) {
    await acme.deleteUser(id);
  }
  await settle();
  for (const id of theirs) {
    expect((await bravo.membershipOf(await bravo.userIdOf(id)))?.status).toBe("active");
  }
});
