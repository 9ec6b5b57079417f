import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createSession } from "@sallyport/sessions";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createProvisioning, type TestProvisioning } from "../testing/reconcile.ts";
import { createTenant, type Tenant } from "../testing/tenant.ts";

let test: TestDatabase;
let acme: Tenant;
let provisioning: TestProvisioning;

beforeEach(async () => {
  test = await createTestDatabase();
  acme = await createTenant(test.database.sql, "acme");
  provisioning = createProvisioning(test.database);
});

afterEach(() => test.drop());

const settle = () => provisioning.settle(acme.id);
const memberOf = async (directoryUserId: string) => acme.membershipOf(await acme.userIdOf(directoryUserId));

describe("a pushed user", () => {
  it("becomes a user with the profile of its SCIM resource and an active membership", async () => {
    const ada = await acme.pushUser({
      email: "ada@acme.example",
      userName: "Ada",
      resource: { name: { givenName: "Ada", familyName: "Lovelace" }, displayName: "Countess Ada" },
    });
    await settle();
    const userId = await acme.userIdOf(ada);
    const { rows } = await test.database.sql.query("SELECT * FROM users WHERE id = $1", [userId]);
    expect(rows[0]).toMatchObject({
      organization_id: acme.id,
      email: "ada@acme.example",
      email_verified: true,
      name: "Countess Ada",
      given_name: "Ada",
      family_name: "Lovelace",
      username: "Ada",
    });
    expect(await acme.membershipOf(userId)).toEqual({
      status: "active",
      source: "directory",
      roles: ["member"],
    });
    expect(await acme.auditTypes()).toEqual(["user.created", "membership.created", "role.granted"]);
    expect(await acme.dirtyRows()).toBe(0);
  });

  it("has an unverified email when its domain is not this organization's", async () => {
    await createTenant(test.database.sql, "bravo"); // has verified bravo.example
    const eve = await acme.pushUser({ email: "eve@bravo.example" });
    const odd = await acme.pushUser({ email: "no-domain" });
    await settle();
    const { rows } = await test.database.sql.query<{ email_verified: boolean }>(
      "SELECT email_verified FROM users WHERE id = ANY($1)",
      [[await acme.userIdOf(eve), await acme.userIdOf(odd)]],
    );
    expect(rows).toEqual([{ email_verified: false }, { email_verified: false }]);
  });

  it("that is inactive from the start gets a suspended membership without roles", async () => {
    const ada = await acme.pushUser({ active: false });
    await settle();
    expect(await memberOf(ada)).toEqual({ status: "suspended", source: "directory", roles: [] });
  });

  it("brings its changed profile, and leaves what it does not say", async () => {
    const ada = await acme.pushUser({
      email: "ada@acme.example",
      resource: { name: { formatted: "Ada L." } },
    });
    await settle();
    await acme.changeUser(ada, { email: "ada@elsewhere.example", resource: {} });
    await settle();
    const { rows } = await test.database.sql.query("SELECT * FROM users WHERE id = $1", [
      await acme.userIdOf(ada),
    ]);
    expect(rows[0]).toMatchObject({ email: "ada@elsewhere.example", email_verified: false, name: "Ada L." });
    const { rows: events } = await test.database.sql.query(
      "SELECT data FROM audit_events WHERE type = 'user.updated'",
    );
    expect(events).toEqual([{ data: { changed: ["email", "emailVerified"] } }]);
  });

  it("that did not change is not written again", async () => {
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    await settle();
    await acme.changeUser(ada, {});
    await settle();
    expect(await acme.auditTypes()).toHaveLength(3);
  });
});

describe("linking by email", () => {
  it("takes the organization's user of a verified domain", async () => {
    const userId = await acme.addUser("ada@acme.example");
    const ada = await acme.pushUser({ email: "ada@acme.example" });
    await settle();
    expect(await acme.userIdOf(ada)).toBe(userId);
  });

  it("never takes one of an unverified domain, of another organization, or one of several", async () => {
    const bravo = await createTenant(test.database.sql, "bravo");
    const unverified = await acme.addUser("ada@elsewhere.example");
    const foreign = await bravo.addUser("bob@acme.example");
    const twins = [await acme.addUser("cy@acme.example"), await acme.addUser("cy@acme.example")];
    const pushed = [
      await acme.pushUser({ email: "ada@elsewhere.example" }),
      await acme.pushUser({ email: "bob@acme.example" }),
      await acme.pushUser({ email: "cy@acme.example" }),
    ];
    await settle();
    for (const id of pushed)
      expect([unverified, foreign, ...twins, null]).not.toContain(await acme.userIdOf(id));
  });

  it.each([1, 500])(
    "gives two directory users with one verified email the same user (batch of %i)",
    async (batchSize) => {
      provisioning = createProvisioning(test.database, { batchSize });
      const second = await acme.addDirectory();
      const one = await acme.pushUser({ email: "ada@acme.example" });
      const two = await acme.pushUser({ email: "ada@acme.example" }, second);
      await settle();
      expect(await acme.userIdOf(one)).toBe(await acme.userIdOf(two));
    },
  );

  it.each([1, 500])(
    "does not lead from a reused address to its former holder (batch of %i)",
    async (batchSize) => {
      provisioning = createProvisioning(test.database, { batchSize });
      const old = await acme.pushUser({ email: "info@acme.example" });
      await settle();
      await acme.changeUser(old, { email: "old@acme.example" });
      const fresh = await acme.pushUser({ email: "info@acme.example" });
      await settle();
      expect(await acme.userIdOf(fresh)).not.toBe(await acme.userIdOf(old));
    },
  );
});

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
    expect(provisioning.logouts).toBe(1);
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
        "role.revoked",
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
    expect(await acme.auditTypes()).toContain("membership.adopted");
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

  it("leaves bindings made at sign-in to the next sign-in while the membership stays active", async () => {
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
    await test.database.sql.query("UPDATE directory_groups SET generation = generation + 1 WHERE id = $1", [
      group,
    ]);
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
    for (const email of emails) ids.push(await tenant.pushUser({ email }));
    await tenant.pushGroup("Engineering", ids);
    return ids;
  };
  const ours = await push(acme);
  const theirs = await push(bravo);
  await settle();
  expect(await bravo.dirtyRows()).toBe(3); // untouched
  await provisioning.settle(bravo.id);
  for (const id of ours) expect((await memberOf(id))?.roles).toEqual(["admin", "member"]);
  for (const id of theirs) {
    const userId = await bravo.userIdOf(id);
    expect((await bravo.membershipOf(userId))?.roles).toEqual(["member"]);
    expect(await acme.membershipOf(userId)).toBeNull();
  }
  for (const id of ours) await acme.deleteUser(id);
  await settle();
  for (const id of theirs) {
    expect((await bravo.membershipOf(await bravo.userIdOf(id)))?.status).toBe("active");
  }
});
