import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import {
  type AccessPlan,
  type AccessPolicy,
  explainAccess,
  planPolicy,
  setGuard,
  setPolicy,
} from "@sallyport/people";
import {
  createReconciliation,
  createTenant,
  type Tenant,
  type TestReconciliation,
} from "@sallyport/worker/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// What the plan of another policy says, against what becomes of it.

let test: TestDatabase;
let reconciliation: TestReconciliation;
let tenants = 0;
const now = new Date("2026-01-01T00:00:00Z");
beforeAll(async () => {
  test = await createTestDatabase();
  reconciliation = createReconciliation(test.database, { now: () => now });
});
afterAll(() => test.drop());

const settle = ({ id }: Tenant) => reconciliation.settle(id);
const change = (tenant: Tenant, policy: Partial<AccessPolicy>) =>
  test.database.transaction((sql) => setPolicy(sql, tenant.id, policy, now));
const plan = (tenant: Tenant, policy: Partial<AccessPolicy>): Promise<AccessPlan> =>
  test.database.transaction((sql) =>
    planPolicy(sql, tenant.id, now, policy, { after: null, limit: 200, counts: null }),
  );

async function roleId(tenant: Tenant, key: string | null): Promise<string | null> {
  const { rows } = await test.database.sql.query<{ id: string }>(
    "SELECT id FROM roles WHERE organization_id = $1 AND key = $2",
    [tenant.id, key],
  );
  return rows[0]?.id ?? null;
}

interface State {
  readonly roles: string[];
  readonly enters: boolean;
  readonly waits: boolean;
}

async function access(tenant: Tenant): Promise<Map<string, State>> {
  const { rows } = await test.database.sql.query<State & { id: string }>(
    `SELECT m.id, m.status = 'active' AND m.directory IS DISTINCT FROM 'ended' AS enters,
       m.status = 'waiting' AS waits,
       ARRAY(SELECT DISTINCT r.key FROM role_bindings b JOIN roles r ON r.id = b.role_id WHERE b.membership_id = m.id ORDER BY 1) AS roles
     FROM memberships m WHERE m.organization_id = $1 ORDER BY m.id`,
    [tenant.id],
  );
  return new Map(rows.map(({ id, ...state }) => [id, state]));
}

/** In which of the two directories somebody is, and how. */
const there = fc.constantFrom<("no" | "active" | "inactive")[]>("no", "active", "inactive");
const person = fc.record({
  first: there,
  second: there,
  group: fc.constantFrom<(0 | 1 | null)[]>(0, 1, null),
  came: fc.constantFrom<("directory" | "jit" | "jitByGroup" | "manual")[]>(
    "directory",
    "jit",
    "jitByGroup",
    "manual",
  ),
});
const policy = fc.record({
  defaultRole: fc.constantFrom(null, "auditor", "engineer"),
  order: fc.constantFrom<number[][]>([], [0], [1], [0, 1], [1, 0]),
  rolesFromFirst: fc.boolean(),
  seats: fc.option(
    fc.record({
      limit: fc.nat({ max: 6 }),
      atLimit: fc.constantFrom<("hold" | "allow")[]>("hold", "hold", "allow"),
    }),
  ),
});
type Drawn = typeof policy extends fc.Arbitrary<infer Value> ? Value : never;

type Person = typeof person extends fc.Arbitrary<infer Value> ? Value : never;

async function addPerson(
  tenant: Tenant,
  { came, group, first, second }: Person,
  email: string,
  directories: readonly string[],
  groups: readonly (readonly string[])[],
): Promise<void> {
  if (came !== "directory") {
    const userId = await tenant.addUser(email.replace("@", "@outside-"));
    const source = came === "manual" ? "manual" : "jit";
    const membership = await tenant.addMembership(userId, { source, roles: [["member", source]] });
    if (came === "jitByGroup") {
      await test.database.sql.query(
        `INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source, group_key)
         VALUES ($1, $2, $3, $4, 'jit', 'engineers')`,
        [newId(), tenant.id, await roleId(tenant, "engineer"), membership],
      );
    }
    return;
  }
  for (const [at, state] of [first, second].entries()) {
    if (state !== "no") {
      const id = await tenant.pushUser({ email, active: state === "active" }, directories[at]);
      const groupId = group === null ? undefined : groups[at]?.[(group + at) % 2];
      await tenant.addMembers(groupId ?? groups[at]?.[0] ?? "", groupId === undefined ? [] : [id]);
    }
  }
}

it("tells what then happens, to the member and role, and changes nothing itself", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 1, maxLength: 8 }),
      policy,
      policy,
      async (people, one, other) => {
        const tenant = await createTenant(test.database.sql, `policy${tenants++}`);
        const directories = [tenant.directoryId, await tenant.addDirectory()];
        const policyOf = async ({ defaultRole, order, rolesFromFirst, seats }: Drawn) => ({
          seats,
          defaultRoleId: await roleId(tenant, defaultRole),
          precedence: { order: order.map((index) => directories[index] ?? ""), rolesFromFirst },
        });
        await tenant.mapGroup("Engineers", "engineer");
        await tenant.mapGroup("Admins", "admin");
        const groups = [];
        for (const directory of directories) {
          groups.push([
            await tenant.pushGroup("Engineers", [], directory),
            await tenant.pushGroup("Admins", [], directory),
          ]);
        }
        for (const [index, each] of people.entries()) {
          await addPerson(tenant, each, `p${index}@policy${tenants - 1}.example`, directories, groups);
        }
        await change(tenant, await policyOf(one));
        await settle(tenant);
        const had = await access(tenant);
        const next = await policyOf(other);
        const { changes, counts } = await plan(tenant, next);
        expect(await access(tenant)).toEqual(had);
        expect(await tenant.dirtyRows()).toBe(0);

        await change(tenant, next);
        await settle(tenant);
        const has = await access(tenant);
        const without = (all: readonly string[] = [], some: readonly string[] = []) =>
          all.filter((role) => !some.includes(role));
        const really = [...has].flatMap(([membershipId, { roles, enters }]) => {
          const before = had.get(membershipId);
          const gains = without(roles, before?.roles);
          const loses = without(before?.roles, roles);
          const suspended = before?.enters === true && !enters;
          const admitted = before?.waits === true && enters;
          return suspended || admitted || gains.length + loses.length > 0
            ? [{ membershipId, gains, loses, suspended, admitted }]
            : [];
        });
        expect(
          changes.map(({ membershipId, gains, loses, suspended, admitted }) => ({
            ...{ membershipId, gains, loses, suspended, admitted },
          })),
        ).toEqual(really);
        expect(counts).toMatchObject({
          people: really.length,
          admit: really.filter(({ admitted }) => admitted).length,
        });
      },
    ),
    { numRuns: 60, endOnFailure: true },
  ));

describe("the order of directories", () => {
  const both = async (tenant: Tenant, second: string, states: readonly [boolean, boolean]) => {
    const email = `ann@${(await slugOf(tenant)) ?? ""}.example`;
    const name = (formatted: string) => ({ name: { formatted } });
    const hr = await tenant.pushUser({ email, active: states[0], resource: name("Ann of HR") });
    const it = await tenant.pushUser({ email, active: states[1], resource: name("Ann of IT") }, second);
    await settle(tenant);
    const userId = await tenant.userIdOf(hr);
    expect(await tenant.userIdOf(it)).toBe(userId);
    return userId;
  };
  const slugOf = async ({ id }: Tenant) =>
    (await test.database.prisma.organization.findUnique({ where: { id } }))?.slug;
  const nameOf = async (id: string | null) =>
    (await test.database.prisma.user.findUnique({ where: { id: id ?? "" } }))?.name;

  it("has the first that has somebody say whether they are active, and who they are", async () => {
    const tenant = await createTenant(test.database.sql, `order${tenants++}`);
    const second = await tenant.addDirectory();
    const userId = await both(tenant, second, [false, true]);
    expect(await tenant.membershipOf(userId)).toMatchObject({ status: "active" });
    expect(await nameOf(userId)).toBe("Ann of IT");
    await change(tenant, { precedence: { order: [tenant.directoryId, second], rolesFromFirst: false } });
    await settle(tenant);
    expect(await tenant.membershipOf(userId)).toMatchObject({ status: "suspended" });
    expect(await nameOf(userId)).toBe("Ann of HR");
    const membership = await test.database.prisma.membership.findUniqueOrThrow({
      where: { userId: userId ?? "" },
    });
    const why = await explainAccess(test.database.sql, tenant.id, membership.id);
    expect(why?.signIn.checks.find(({ check }) => check === "directory_active")?.endedBy).toMatchObject([
      { directoryId: tenant.directoryId, decides: true },
    ]);
    await change(tenant, { precedence: { order: [second], rolesFromFirst: false } });
    await settle(tenant);
    expect(await tenant.membershipOf(userId)).toMatchObject({ status: "active" });
    expect(await nameOf(userId)).toBe("Ann of IT");
  });

  it("is an administrator's act, which no guard holds", async () => {
    const tenant = await createTenant(test.database.sql, `order${tenants++}`);
    await setGuard(test.database.sql, tenant.id, tenant.id, { share: 0, people: 1, minutes: 60 });
    const second = await tenant.addDirectory();
    const userId = await both(tenant, second, [false, true]);
    await change(tenant, { precedence: { order: [tenant.directoryId], rolesFromFirst: false } });
    await settle(tenant);
    expect(await tenant.membershipOf(userId)).toMatchObject({ status: "suspended" });
  });
});

describe("the default role", () => {
  it("goes with a change of it, and with a group that gives one, past every guard; and says why", async () => {
    const tenant = await createTenant(test.database.sql, `default${tenants++}`);
    await setGuard(test.database.sql, tenant.id, tenant.id, { share: 0, people: 1, minutes: 60 });
    await tenant.mapGroup("Engineers", "engineer");
    const group = await tenant.pushGroup("Engineers");
    const ann = await tenant.pushUser();
    await change(tenant, { defaultRoleId: await roleId(tenant, "auditor") });
    await settle(tenant);
    const userId = await tenant.userIdOf(ann);
    expect((await tenant.membershipOf(userId))?.roles).toEqual(["auditor", "member"]);
    const membership = await test.database.prisma.membership.findUniqueOrThrow({
      where: { userId: userId ?? "" },
    });
    const why = await explainAccess(test.database.sql, tenant.id, membership.id);
    expect(why?.roles.find(({ key }) => key === "auditor")?.reasons).toMatchObject([{ type: "default" }]);
    await tenant.addMembers(group, [ann]);
    await settle(tenant);
    expect((await tenant.membershipOf(userId))?.roles).toEqual(["engineer", "member"]);
    await setGuard(test.database.sql, tenant.id, tenant.id, null);
    await tenant.removeMembers(group, [ann]);
    await settle(tenant);
    expect((await tenant.membershipOf(userId))?.roles).toEqual(["auditor", "member"]);
    await setGuard(test.database.sql, tenant.id, tenant.id, { share: 0, people: 1, minutes: 60 });
    await change(tenant, { defaultRoleId: null });
    await settle(tenant);
    expect((await tenant.membershipOf(userId))?.roles).toEqual(["member"]);
  });
});
