import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { explainAccess } from "@sallyport/people";
import { createPeopleWorld, type PeopleWorld } from "@sallyport/worker/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

// "Why can they not sign in?" answers what a sign-in then does, whatever happened before.

let test: TestDatabase;
let worlds = 0;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const LOCAL = ["ann", "bob", "cy"];
const address = fc.record({ local: fc.constantFrom(...LOCAL), verified: fc.boolean() });
const act = fc.oneof(
  fc.record({ do: fc.constant("login" as const), subject: fc.constantFrom("s-0", "s-1", "s-2"), address }),
  fc.record({
    do: fc.constant("tell" as const),
    name: fc.constantFrom("du-0", "du-1"),
    address,
    active: fc.boolean(),
  }),
  fc.record({ do: fc.constant("forget" as const), name: fc.constantFrom("du-0", "du-1") }),
  fc.record({ do: fc.constant("add" as const), address }),
  fc.record({ do: fc.constant("suspend" as const), nth: fc.nat({ max: 3 }) }),
  fc.record({ do: fc.constant("takeOver" as const), nth: fc.nat({ max: 3 }) }),
  fc.record({ do: fc.constant("policy" as const), policy: fc.constantFrom("directory", "just_in_time") }),
);
type Act = typeof act extends fc.Arbitrary<infer Each> ? Each : never;

const emailOf = (world: PeopleWorld, { local, verified }: { local: string; verified: boolean }) =>
  `${local}@${verified ? world.domain : "unverified.example"}`;

async function perform(world: PeopleWorld, each: Act): Promise<unknown> {
  const { sql } = test.database;
  const change = (nth: number, values: string) =>
    sql.query(
      `UPDATE memberships SET ${values} WHERE id = (
         SELECT id FROM memberships WHERE organization_id = $1 ORDER BY id OFFSET $2 LIMIT 1)`,
      [world.tenant.id, nth],
    );
  switch (each.do) {
    case "login":
      return world.login({ subject: each.subject, email: emailOf(world, each.address), emailVerified: null });
    case "tell": {
      const email = emailOf(world, each.address);
      const told = { userName: email, externalId: null, emails: [email], active: each.active };
      // Each in a directory of its own: within one, a userName is one user's.
      return world.tell(each.name, told, each.name === "du-0" ? 0 : 1);
    }
    case "forget":
      return world.forget(each.name);
    case "add":
      return world.add(emailOf(world, each.address));
    case "suspend":
      return change(each.nth, "status = 'suspended'");
    case "takeOver":
      return change(each.nth, "status = 'active', source = 'manual', directory = 'released'");
    case "policy":
      return sql.query("UPDATE organizations SET sign_in = $2::sign_in_policy WHERE id = $1", [
        world.tenant.id,
        each.policy,
      ]);
  }
}

it("says of each member what their next sign-in then does", () =>
  fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 8 }), async (acts) => {
      const { sql } = test.database;
      const world = await createPeopleWorld(test.database, `why${worlds++}`, { keyed: false });
      for (const each of acts) {
        await perform(world, each);
        await world.settle();
      }
      const members = await sql.query<{ id: string; user_id: string; email: string; subject: string | null }>(
        `SELECT m.id, m.user_id, u.email, (SELECT min(subject) FROM identities i WHERE i.user_id = u.id) AS subject
         FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1 ORDER BY m.id`,
        [world.tenant.id],
      );
      for (const { id, user_id: userId, email, subject } of members.rows) {
        const told = (await explainAccess(sql, world.tenant.id, id))?.signIn;
        const claims = { subject: subject ?? email, email, emailVerified: null };
        const entered = await world.login(claims);
        const { rows } = await sql.query(
          "SELECT 1 FROM identities WHERE organization_id = $1 AND subject = $2 AND user_id = $3",
          [world.tenant.id, claims.subject, userId],
        );
        expect([told?.allowed, told?.checks]).toEqual([entered && rows.length > 0, told?.checks]);
      }
    }),
    { numRuns: 40, endOnFailure: true },
  ));
