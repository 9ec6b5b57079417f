import { newId, sqlOverPrisma } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import type { AccessPlan } from "@sallyport/people";
import { type GroupMapping, planMappings, replaceGroupMappings } from "@sallyport/roles";
import {
  createReconciliation,
  createTenant,
  type Tenant,
  type TestReconciliation,
} from "@sallyport/worker/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

// What a plan says is what the worker then does: the plan of a change of mappings, against the change itself.

let test: TestDatabase;
let reconciliation: TestReconciliation;
let tenants = 0;
beforeAll(async () => {
  test = await createTestDatabase();
  reconciliation = createReconciliation(test.database);
});
afterAll(() => test.drop());

const now = new Date("2026-01-01T00:00:00Z");

/** The whole plan, page by page; each page tells the same counts. */
async function wholePlan(
  tenant: Tenant,
  mappings: readonly GroupMapping[],
  limit: number,
): Promise<AccessPlan> {
  const changes: AccessPlan["changes"][number][] = [];
  let counts: AccessPlan["counts"] | null = null;
  for (;;) {
    const page = { after: changes.at(-1)?.membershipId ?? null, limit, counts };
    const plan = await planMappings(test.database, tenant.id, mappings, now, page);
    if (!("counts" in plan)) {
      throw new Error("The mappings were refused");
    }
    expect(plan.changes.length).toBeLessThanOrEqual(limit);
    expect(plan.counts).toEqual(counts ?? plan.counts);
    counts = plan.counts;
    changes.push(...plan.changes);
    if (!plan.more) {
      return { counts, changes, more: false };
    }
  }
}

function replace(tenant: Tenant, mappings: readonly GroupMapping[]) {
  return test.database.prisma.$transaction((tx) =>
    replaceGroupMappings({ tx, sql: sqlOverPrisma(tx), record: () => undefined }, tenant.id, mappings, now),
  );
}

/** The roles of each member, from whatever source, and whether they are suspended. */
async function access(tenant: Tenant): Promise<Map<string, { roles: string[]; suspended: boolean }>> {
  const { rows } = await test.database.sql.query<{ id: string; roles: string[]; suspended: boolean }>(
    `SELECT m.id, m.status = 'suspended' AS suspended,
       ARRAY(SELECT DISTINCT r.key FROM role_bindings b JOIN roles r ON r.id = b.role_id WHERE b.membership_id = m.id ORDER BY 1) AS roles
     FROM memberships m WHERE m.organization_id = $1 ORDER BY m.id`,
    [tenant.id],
  );
  return new Map(rows.map(({ id, ...state }) => [id, state]));
}

const GROUPS = ["Top", "Middle", "Bottom", "Other"];
const ROLES = ["admin", "engineer", "auditor"];
/** Which directory a mapping is limited to: the first, the second, or none. */
type Limit = 0 | 1 | null;
const mappingsOf = fc.uniqueArray(
  fc.record({
    named: fc.oneof<fc.Arbitrary<Pick<GroupMapping, "group" | "match">>[]>(
      fc.constantFrom(...GROUPS).map((group) => ({ group, match: "exact" as const })),
      fc.constantFrom("T", "mid", "o", "%", "x").map((group) => ({ group, match: "prefix" as const })),
      fc
        .constantFrom("*o*", "t*p", "*m", "b*t*m", "o*", "*_*")
        .map((group) => ({ group, match: "pattern" as const })),
    ),
    role: fc.constantFrom(...ROLES),
    limit: fc.constantFrom<Limit[]>(null, null, 0, 1),
  }),
  { selector: (mapping) => JSON.stringify(mapping), maxLength: 6 },
);

function mappingsIn(
  directories: readonly string[],
  drawn: readonly {
    readonly named: Pick<GroupMapping, "group" | "match">;
    readonly role: string;
    readonly limit: Limit;
  }[],
): GroupMapping[] {
  return drawn.map(({ named, role, limit }) => ({
    ...named,
    role,
    ...(limit === null ? {} : { directory: directories[limit] ?? "" }),
  }));
}
interface Person {
  readonly kind: "directory" | "inactive" | "second" | "jit" | "manual";
  /** Of the directory, or asserted at a sign-in. */
  readonly groups: readonly number[];
  readonly role: string;
  readonly boundByHand: boolean;
}

const person: fc.Arbitrary<Person> = fc.record({
  kind: fc.constantFrom<Person["kind"][]>("directory", "inactive", "second", "jit", "manual"),
  groups: fc.uniqueArray(fc.nat({ max: GROUPS.length - 1 }), { maxLength: 3 }),
  role: fc.constantFrom(...ROLES),
  boundByHand: fc.boolean(),
});

async function addPerson(
  tenant: Tenant,
  each: Person,
  directories: readonly string[],
  groupIds: readonly string[],
) {
  if (each.kind !== "jit" && each.kind !== "manual") {
    const directoryId = directories[each.kind === "second" ? 1 : 0];
    const id = await tenant.pushUser({ active: each.kind !== "inactive" }, directoryId);
    for (const index of each.groups) {
      await tenant.addMembers(groupIds[index] ?? "", [id]);
    }
    return;
  }
  const userId = await tenant.addUser(`${newId()}@elsewhere.example`);
  const roles: [string, string][] = each.boundByHand ? [[each.role, "manual"]] : [];
  const membershipId = await tenant.addMembership(userId, { source: each.kind, roles });
  for (const index of each.kind === "jit" ? each.groups : []) {
    await test.database.sql.query(
      `INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source, group_key)
       SELECT gen_random_uuid(), $1, role_id, $2, 'jit', $3 FROM (
         SELECT DISTINCT role_id FROM group_mappings
         WHERE organization_id = $1 AND directory_id IS NULL AND (group_key = $3 AND pattern IS NULL OR $3 LIKE pattern))`,
      [tenant.id, membershipId, GROUPS[index]?.toLowerCase()],
    );
  }
}

it("tells what the worker then does, to the member and role, and changes nothing itself", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 1, maxLength: 8 }),
      mappingsOf,
      mappingsOf,
      fc.integer({ min: 1, max: 3 }),
      async (people, drawnBefore, drawnAfter, limit) => {
        const tenant = await createTenant(test.database.sql, `plan${tenants++}`);
        const directories = [tenant.directoryId, await tenant.addDirectory()];
        const before = mappingsIn(directories, drawnBefore);
        const after = mappingsIn(directories, drawnAfter);
        await replace(tenant, before);
        const groupIds: string[][] = [];
        for (const directory of directories) {
          const ids = [];
          for (const name of GROUPS) {
            ids.push(await tenant.pushGroup(name, [], directory));
          }
          const [top = "", middle = "", bottom = ""] = ids;
          await tenant.nest(top, [middle]);
          await tenant.nest(middle, [bottom]);
          groupIds.push(ids);
        }
        for (const each of people) {
          await addPerson(tenant, each, directories, groupIds[each.kind === "second" ? 1 : 0] ?? []);
        }
        await reconciliation.settle(tenant.id);

        const had = await access(tenant);
        const { changes, counts } = await wholePlan(tenant, after, limit);
        expect(await access(tenant)).toEqual(had);
        expect(await tenant.dirtyRows()).toBe(0);

        await replace(tenant, after);
        await reconciliation.settle(tenant.id);
        const has = await access(tenant);
        const without = (one: readonly string[] = [], other: readonly string[] = []) =>
          one.filter((role) => !other.includes(role));
        const really = [...has].flatMap(([id, { roles }]) => {
          const gains = without(roles, had.get(id)?.roles);
          const loses = without(had.get(id)?.roles, roles);
          return gains.length + loses.length > 0 ? [{ membershipId: id, gains, loses }] : [];
        });
        expect(changes.map(({ membershipId, gains, loses }) => ({ membershipId, gains, loses }))).toEqual(
          really,
        );
        expect(counts).toEqual({
          people: really.length,
          gain: really.filter(({ gains }) => gains.length > 0).length,
          lose: really.filter(({ loses }) => loses.length > 0).length,
          suspend: 0,
          admit: 0,
        });
      },
    ),
    { numRuns: 40, endOnFailure: true },
  ));

it("goes through thousands in portions", async () => {
  const tenant = await createTenant(test.database.sql, "thousands");
  const group = await tenant.pushGroup("Everybody");
  const ids = [];
  for (let count = 0; count < 1_100; count++) {
    ids.push(newId());
  }
  await test.database.sql.query(
    `WITH pushed AS (
       INSERT INTO directory_users (id, organization_id, directory_id, user_name, user_name_key, resource)
       SELECT id, $1, $2, id::text, id::text, '{}' FROM unnest($3::uuid[]) AS pushed (id))
     INSERT INTO dirty_directory_users (organization_id, directory_user_id, identified) SELECT $1, unnest($3::uuid[]), true`,
    [tenant.id, tenant.directoryId, ids],
  );
  await tenant.addMembers(group, ids);
  await reconciliation.settle(tenant.id);
  const { counts, changes } = await wholePlan(tenant, [{ group: "everybody", role: "admin" }], 200);
  expect(counts).toEqual({ people: 1_100, gain: 1_100, lose: 0, suspend: 0, admit: 0 });
  expect(new Set(changes.map(({ membershipId }) => membershipId)).size).toBe(1_100);
});

it.each<[string, Omit<GroupMapping, "role">, string, 0 | 1, boolean]>([
  ["a whole name", { group: "App-Admins" }, "APP-admins", 0, true],
  ["a whole name, not a beginning", { group: "app" }, "App-Admins", 0, false],
  ["a beginning", { group: "App-", match: "prefix" }, "app-admins", 0, true],
  ["a beginning, not a part", { group: "admins", match: "prefix" }, "App-Admins", 0, false],
  ["a pattern", { group: "app-*-admins", match: "pattern" }, "App-EU-Admins", 0, true],
  ["a pattern, as a whole", { group: "app-*", match: "pattern" }, "My-App-EU", 0, false],
])("gives a role by %s", async (_name, mapping, group, at, expected) => {
  const tenant = await createTenant(test.database.sql, `plan${tenants++}`);
  const directories = [tenant.directoryId, await tenant.addDirectory()];
  const user = await tenant.pushUser({}, directories[at]);
  await tenant.pushGroup(group, [user], directories[at]);
  for (const directory of [undefined, ...directories]) {
    await replace(tenant, [{ ...mapping, role: "admin", ...(directory === undefined ? {} : { directory }) }]);
    await reconciliation.settle(tenant.id);
    const gives = expected && (directory === undefined || directory === directories[at]);
    const membership = await tenant.membershipOf(await tenant.userIdOf(user));
    expect([directory, membership?.roles]).toEqual([directory, gives ? ["admin", "member"] : ["member"]]);
  }
});
