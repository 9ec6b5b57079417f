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
    expect(await acme.auditTypes()).toEqual(["user.created", "membership.created", "role_binding.created"]);
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
      "SELECT before, after FROM events WHERE type = 'user.updated'",
    );
    expect(events).toEqual([
      {
        before: { email: "ada@acme.example", emailVerified: true },
        after: { email: "ada@elsewhere.example", emailVerified: false },
      },
    ]);
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
    for (const id of pushed) {
      expect([unverified, foreign, ...twins, null]).not.toContain(await acme.userIdOf(id));
    }
  });

  it.each([1, 500])(
    "gives two directory users with one verified email the same user (batch of %i)",
    async (batchSize) => {
      reconciliation = createReconciliation(test.database, { batchSize });
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
      reconciliation = createReconciliation(test.database, { batchSize });
      const old = await acme.pushUser({ email: "info@acme.example" });
      await settle();
      await acme.changeUser(old, { email: "old@acme.example" });
      const fresh = await acme.pushUser({ email: "info@acme.example" });
      await settle();
      expect(await acme.userIdOf(fresh)).not.toBe(await acme.userIdOf(old));
    },
  );
});
