import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createSession } from "@sallyport/sessions/testing";
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

describe("suspension", () => {
  async function signIn(userId: string): Promise<string | null> {
    return createSession(test.database.sql, {
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
  }

  it("of a deactivated user takes its roles and sessions; a return brings the roles back from its groups", async () => {
    await acme.mapGroup("Engineering", "engineer");
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    await acme.pushGroup("Engineering", [ada]);
    await settle();
    const userId = (await acme.userIdOf(ada)) ?? "";
    const sessionId = await signIn(userId);
    await acme.changeUser(ada, { active: false });
    await settle();
    expect(await memberOf(ada)).toEqual({ status: "suspended", source: "directory", roles: [] });
    const { rows } = await test.database.sql.query("SELECT revoked_reason FROM sessions WHERE id = $1", [
      sessionId,
    ]);
    expect(rows).toEqual([{ revoked_reason: "membership_suspended" }]);
    expect(reconciliation.logouts).toBe(1);
    expect(await signIn(userId)).toBeNull();

    await acme.changeUser(ada, { active: true });
    await settle();
    expect(await memberOf(ada)).toEqual({
      status: "active",
      source: "directory",
      roles: ["engineer", "member"],
    });
    expect(await acme.auditTypes()).toEqual(
      expect.arrayContaining([
        "membership.suspended",
        "session.revoked",
        "role_binding.deleted",
        "membership.activated",
      ]),
    );
  });

  it("of a deleted user leaves no directory row behind", async () => {
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    await settle();
    const userId = await acme.userIdOf(ada);
    await acme.deleteUser(ada);
    await settle();
    expect(await acme.membershipOf(userId)).toEqual({ status: "suspended", source: "directory", roles: [] });
    const { rows } = await test.database.sql.query("SELECT id FROM directory_users");
    expect(rows).toEqual([]);
  });

  it("does not befall who is active in another directory, which then alone grants", async () => {
    const second = await acme.addDirectory();
    await acme.mapGroup("Engineering", "engineer");
    await acme.mapGroup("Audit", "auditor");
    const one = await acme.pushUser({ email: "ada@acme.example" });
    const two = await acme.pushUser({ email: "ada@acme.example" }, second);
    await acme.pushGroup("Engineering", [one]);
    await acme.pushGroup("Audit", [two], second);
    await settle();
    expect(await memberOf(one)).toEqual({
      status: "active",
      source: "directory",
      roles: ["auditor", "engineer", "member"],
    });
    await acme.changeUser(one, { active: false });
    await settle();
    expect(await memberOf(two)).toEqual({
      status: "active",
      source: "directory",
      roles: ["auditor", "member"],
    });
    await acme.deleteUser(two);
    await settle();
    expect(await memberOf(one)).toEqual({ status: "suspended", source: "directory", roles: [] });
  });

  it("of somebody who was never looked at leaves nothing at all", async () => {
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    await acme.deleteUser(ada);
    await settle();
    const { rows } = await test.database.sql.query(
      "SELECT id FROM users UNION ALL SELECT id FROM directory_users",
    );
    expect(rows).toEqual([]);
    expect(await acme.auditTypes()).toEqual([]);
  });
});

describe("who made the membership", () => {
  it("adopts one that a sign-in made, with an end to what the sign-in granted", async () => {
    const userId = await acme.addUser("ada@acme.example");
    await acme.addMembership(userId, {
      source: "jit",
      roles: [
        ["member", "jit"],
        ["admin", "jit"],
        ["auditor", "manual"],
      ],
    });
    await acme.pushUser({ email: "ada@acme.example" });
    await settle();
    expect(await acme.membershipOf(userId)).toEqual({
      status: "active",
      source: "directory",
      roles: ["auditor/manual", "member"],
    });
    expect(await acme.auditTypes()).toContain("membership.updated");
  });

  it("adopts and suspends one whose directory user is inactive", async () => {
    const userId = await acme.addUser("ada@acme.example");
    await acme.addMembership(userId, { source: "jit", roles: [["member", "jit"]] });
    await acme.pushUser({ email: "ada@acme.example", active: false });
    await settle();
    expect(await acme.membershipOf(userId)).toEqual({ status: "suspended", source: "directory", roles: [] });
  });

  it.each(["active", "suspended"])("never changes a manual one that is %s", async (status) => {
    const userId = await acme.addUser("ada@acme.example");
    await acme.addMembership(userId, {
      source: "manual",
      status,
      roles: [
        ["member", "manual"],
        ["admin", "manual"],
      ],
    });
    const before = await acme.membershipOf(userId);
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    await settle();
    expect(await acme.membershipOf(userId)).toEqual(before);
    await acme.changeUser(ada, { active: false });
    await settle();
    expect(await acme.membershipOf(userId)).toEqual(before);
    await acme.deleteUser(ada);
    await settle();
    expect(await acme.membershipOf(userId)).toEqual(before);
  });

  it("leaves bindings made at sign-in to the next sign-in, where the organization takes roles from both", async () => {
    await test.database.sql.query(
      "UPDATE organizations SET roles_from = 'directory_and_sign_in' WHERE id = $1",
      [acme.id],
    );
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    await settle();
    const userId = await acme.userIdOf(ada);
    await test.database.sql.query(
      `INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source)
       SELECT $1, $2, r.id, m.id, 'jit' FROM roles r, memberships m
       WHERE r.organization_id = $2 AND r.key = 'auditor' AND m.user_id = $3`,
      [newId(), acme.id, userId],
    );
    await acme.changeUser(ada, { resource: { displayName: "Ada" } });
    await settle();
    expect((await acme.membershipOf(userId))?.roles).toEqual(["auditor/jit", "member"]);
    await acme.changeUser(ada, { active: false });
    await settle();
    expect((await acme.membershipOf(userId))?.roles).toEqual([]);
  });
});
