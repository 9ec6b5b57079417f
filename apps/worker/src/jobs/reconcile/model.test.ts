import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createReconciliation } from "../../testing/reconciliation.ts";
import { createTenant, type Tenant } from "../../testing/tenant.ts";

// Few of each, so that random changes meet.
const EMAILS = ["ada@acme.example", "bob@acme.example"];
const NAMES = ["Engineering", "Audit"];
const ROLES = ["engineer", "auditor"];

type Change =
  | { readonly do: "push"; readonly email: number; readonly directory: 0 | 1; readonly active: boolean }
  | { readonly do: "setActive"; readonly user: number; readonly active: boolean }
  | { readonly do: "deleteUser"; readonly user: number }
  | {
      readonly do: "pushGroup";
      readonly name: number;
      readonly directory: 0 | 1;
      readonly members: readonly number[];
    }
  | { readonly do: "renameGroup"; readonly group: number; readonly name: number }
  | { readonly do: "deleteGroup"; readonly group: number }
  | { readonly do: "addMember" | "removeMember"; readonly group: number; readonly user: number }
  | { readonly do: "map" | "unmap"; readonly name: number; readonly role: number }
  | { readonly do: "reconcile" };

const index = fc.nat({ max: 3 });
const name = fc.nat({ max: NAMES.length - 1 });
const directory = fc.constantFrom(0 as const, 1 as const);

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("push" as const),
      email: fc.nat({ max: EMAILS.length - 1 }),
      directory,
      active: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("setActive" as const), user: index, active: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("deleteUser" as const), user: index }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("pushGroup" as const),
      name,
      directory,
      members: fc.array(index, { maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("renameGroup" as const), group: index, name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("deleteGroup" as const), group: index }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("addMember" as const, "removeMember" as const),
      group: index,
      user: index,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("map" as const, "unmap" as const),
      name,
      role: fc.nat({ max: ROLES.length - 1 }),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: "reconcile" as const }) },
);

interface ModelUser {
  readonly id: string;
  readonly email: string;
  readonly directory: string;
  active: boolean;
  deleted: boolean;
}

interface ModelGroup {
  readonly id: string;
  name: string;
  deleted: boolean;
  readonly members: Set<ModelUser>;
}

/** The directories as plain data, from which the memberships are computed from scratch. */
class Model {
  readonly users: ModelUser[] = [];
  readonly groups: ModelGroup[] = [];
  readonly mappings = new Set<string>();
  /** Emails whose directory users a reconciliation has ever seen alive: from then on there is a membership. */
  readonly known = new Set<string>();

  /** Two users of one directory with one address are two people: people.test.ts has that. */
  isTaken(email: string, directory: string): boolean {
    return this.users.some((user) => !user.deleted && user.email === email && user.directory === directory);
  }

  memberships(): Record<string, { status: string; roles: string[] }> {
    for (const user of this.users) {
      if (!user.deleted) {
        this.known.add(user.email);
      }
    }
    const entries = [...this.known].sort().map((email) => {
      const active = this.users.filter((user) => user.email === email && user.active && !user.deleted);
      const groups = this.groups.filter(
        (group) => !group.deleted && active.some((user) => group.members.has(user)),
      );
      const roles = ROLES.filter((role) =>
        groups.some((group) => this.mappings.has(`${group.name} ${role}`)),
      );
      return [
        email,
        active.length > 0
          ? { status: "active", roles: [...roles, "member"].sort() }
          : { status: "suspended", roles: [] },
      ] as const;
    });
    return Object.fromEntries(entries);
  }
}

let test: TestDatabase;

beforeEach(async () => {
  test = await createTestDatabase();
});
afterEach(() => test.drop());

async function memberships(tenant: Tenant): Promise<Record<string, { status: string; roles: string[] }>> {
  const { rows } = await test.database.sql.query<{ email: string; status: string; roles: string[] }>(
    `SELECT u.email, m.status::text,
            ARRAY(SELECT r.key FROM role_bindings b JOIN roles r ON r.id = b.role_id
                  WHERE b.membership_id = m.id ORDER BY r.key) AS roles
     FROM users u JOIN memberships m ON m.user_id = u.id
     WHERE u.organization_id = $1 ORDER BY u.email`,
    [tenant.id],
  );
  expect(rows.map((row) => row.email)).toEqual([...new Set(rows.map((row) => row.email))]); // nobody twice
  return Object.fromEntries(rows.map(({ email, status, roles }) => [email, { status, roles }]));
}

async function push(
  tenant: Tenant,
  directories: readonly [string, string],
  model: Model,
  step: Extract<Change, { readonly do: "push" }>,
): Promise<void> {
  const email = EMAILS[step.email] ?? "";
  const directory = directories[step.directory];
  if (model.isTaken(email, directory)) {
    return;
  }
  const id = await tenant.pushUser({ email, active: step.active }, directory);
  model.users.push({ id, email, directory, active: step.active, deleted: false });
}

async function apply(tenant: Tenant, directories: readonly [string, string], model: Model, step: Change) {
  const live = model.users.filter((user) => !user.deleted);
  const liveGroups = model.groups.filter((group) => !group.deleted);
  switch (step.do) {
    case "push":
      return push(tenant, directories, model, step);
    case "setActive": {
      const user = live[step.user];
      if (user === undefined) {
        return;
      }
      await tenant.changeUser(user.id, { active: step.active });
      user.active = step.active;
      return;
    }
    case "deleteUser": {
      const user = live[step.user];
      if (user === undefined) {
        return;
      }
      await tenant.deleteUser(user.id);
      user.deleted = true;
      return;
    }
    case "pushGroup": {
      const members = new Set(step.members.flatMap((n) => live[n] ?? []));
      const groupName = NAMES[step.name] ?? "";
      const id = await tenant.pushGroup(
        groupName,
        [...members].map((user) => user.id),
        directories[step.directory],
      );
      model.groups.push({ id, name: groupName, deleted: false, members });
      return;
    }
    case "renameGroup": {
      const group = liveGroups[step.group];
      if (group === undefined) {
        return;
      }
      group.name = NAMES[step.name] ?? "";
      await tenant.renameGroup(group.id, group.name);
      return;
    }
    case "deleteGroup": {
      const group = liveGroups[step.group];
      if (group === undefined) {
        return;
      }
      await tenant.deleteGroup(group.id);
      group.deleted = true;
      return;
    }
    case "addMember":
    case "removeMember": {
      const group = liveGroups[step.group];
      const user = live[step.user];
      if (group === undefined || user === undefined) {
        return;
      }
      if (step.do === "addMember") {
        await tenant.addMembers(group.id, [user.id]);
        group.members.add(user);
      } else {
        await tenant.removeMembers(group.id, [user.id]);
        group.members.delete(user);
      }
      return;
    }
    case "map":
    case "unmap": {
      const groupName = NAMES[step.name] ?? "";
      const role = ROLES[step.role] ?? "";
      const key = `${groupName} ${role}`;
      if (step.do === "map" && !model.mappings.has(key)) {
        await tenant.mapGroup(groupName, role);
        model.mappings.add(key);
      }
      if (step.do === "unmap" && model.mappings.delete(key)) {
        await tenant.unmapGroup(groupName, role);
      }
      return;
    }
    case "reconcile":
  }
}

it("after any sequence of directory changes, the memberships are what a computation from scratch gives", async () => {
  let organizations = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 20, maxLength: 60, size: "max" }),
      fc.constantFrom(1, 2, 500),
      async (changes, batchSize) => {
        const tenant = await createTenant(test.database.sql, `acme${organizations++}`);
        await test.database.sql.query(
          "UPDATE domains SET verified_name = NULL WHERE verified_name = 'acme.example'",
        );
        await test.database.sql.query(
          "UPDATE domains SET verified_name = 'acme.example' WHERE organization_id = $1",
          [tenant.id],
        );
        const directories = [tenant.directoryId, await tenant.addDirectory()] as const;
        const reconciliation = createReconciliation(test.database, { batchSize });
        const model = new Model();
        for (const step of [...changes, { do: "reconcile" } as const]) {
          await apply(tenant, directories, model, step);
          if (step.do !== "reconcile") {
            continue;
          }
          await reconciliation.settle(tenant.id);
          expect(await memberships(tenant)).toEqual(model.memberships());
          expect(await tenant.dirtyRows()).toBe(0);
        }
      },
    ),
    { numRuns: 100 },
  );
}, 60_000);
