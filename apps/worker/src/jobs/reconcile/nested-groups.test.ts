import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { MAX_ANCESTORS, MAX_DEPTH, MAX_PARENTS } from "@sallyport/directories";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createReconciliation, type TestReconciliation } from "../../testing/reconciliation.ts";
import { createTenant, type Tenant } from "../../testing/tenant.ts";

let test: TestDatabase;
let tenant: Tenant;
let reconciliation: TestReconciliation;
let tenants = 0;
beforeAll(async () => {
  test = await createTestDatabase();
  reconciliation = createReconciliation(test.database);
});
beforeEach(async () => {
  tenant = await createTenant(test.database.sql, `nested${tenants++}`);
});
afterAll(() => test.drop());

const settle = () => reconciliation.settle(tenant.id);
async function rolesOf(directoryUserId: string): Promise<readonly string[]> {
  const membership = await tenant.membershipOf(await tenant.userIdOf(directoryUserId));
  return (membership?.roles ?? []).filter((role) => role !== "member");
}
async function storedAncestors(): Promise<string[]> {
  const { rows } = await test.database.sql.query<{ pair: string }>(
    `SELECT g.display_name || ' in ' || p.display_name AS pair
     FROM directory_group_ancestors a JOIN directory_groups g ON g.id = a.group_id JOIN directory_groups p ON p.id = a.ancestor_id
     WHERE a.organization_id = $1 ORDER BY 1`,
    [tenant.id],
  );
  return rows.map(({ pair }) => pair);
}

describe("a group in a group", () => {
  let ada: string;
  let groups: { readonly top: string; readonly middle: string; readonly bottom: string };

  beforeEach(async () => {
    ada = await tenant.pushUser();
    groups = {
      top: await tenant.pushGroup("top"),
      middle: await tenant.pushGroup("middle"),
      bottom: await tenant.pushGroup("bottom", [ada]),
    };
    await tenant.nest(groups.top, [groups.middle]);
    await tenant.nest(groups.middle, [groups.bottom]);
    await tenant.mapGroup("top", "admin");
    await settle();
  });

  it("has its members have the roles of the groups above, at any depth", async () => {
    expect(await rolesOf(ada)).toEqual(["admin"]);
    expect(await storedAncestors()).toEqual(["bottom in middle", "bottom in top", "middle in top"]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ["is taken out of the group", () => tenant.unnest(groups.middle, [groups.bottom])],
    ["is in a group that is taken out of another", () => tenant.unnest(groups.top, [groups.middle])],
    ["is in a group whose group is deleted", () => tenant.deleteGroup(groups.top)],
    ["is in a group that is deleted", () => tenant.deleteGroup(groups.middle)],
    ["is deleted", () => tenant.deleteGroup(groups.bottom)],
    ["is in a group whose group has another name", () => tenant.renameGroup(groups.top, "renamed")],
    ["is in a group whose group's mapping goes", () => tenant.unmapGroup("top", "admin")],
  ])("takes the roles from its members when it %s", async (_how, act) => {
    await act();
    await settle();
    expect(await rolesOf(ada)).toEqual([]);
    expect(await tenant.dirtyRows()).toBe(0);
  });

  it("keeps what another way leads to", async () => {
    await tenant.nest(groups.top, [groups.bottom]);
    await tenant.unnest(groups.top, [groups.middle]);
    await settle();
    expect(await rolesOf(ada)).toEqual(["admin"]);
  });

  it("leaves no row behind of deleted groups", async () => {
    for (const id of Object.values(groups)) {
      await tenant.deleteGroup(id);
    }
    await settle();
    const { rows } = await test.database.sql.query(
      "SELECT id FROM directory_groups WHERE organization_id = $1",
      [tenant.id],
    );
    expect(rows).toEqual([]);
  });

  it("may be in a circle: each is in each, and none in itself", async () => {
    const eve = await tenant.pushUser();
    await tenant.addMembers(groups.top, [eve]);
    await tenant.mapGroup("bottom", "auditor");
    await tenant.nest(groups.bottom, [groups.top]);
    await settle();
    expect(await rolesOf(ada)).toEqual(["admin", "auditor"]);
    expect(await rolesOf(eve)).toEqual(["admin", "auditor"]);
    expect(await storedAncestors()).toHaveLength(6);
    await tenant.unnest(groups.bottom, [groups.top]);
    await settle();
    expect(await rolesOf(eve)).toEqual(["admin"]);
    expect(await storedAncestors()).toHaveLength(3);
  });
});

describe("beyond what counts", () => {
  const limited = async () =>
    (
      await test.database.sql.query<{ name: string; limit: string }>(
        `SELECT display_name AS name, nesting_limit AS limit FROM directory_groups
         WHERE organization_id = $1 AND nesting_limit IS NOT NULL ORDER BY 1`,
        [tenant.id],
      )
    ).rows;
  const told = async () =>
    (
      await test.database.sql.query<{ data: unknown }>(
        `SELECT data FROM events WHERE organization_id = $1 AND type = 'directory_group.nesting_limited' ORDER BY id`,
        [tenant.id],
      )
    ).rows.map(({ data }) => data);

  /** Pushes groups, each in the one before. */
  async function pushChain(length: number): Promise<readonly string[]> {
    const chain: string[] = [];
    for (let level = 0; level < length; level++) {
      const id = await tenant.pushGroup(`level ${level}`);
      const above = chain.at(-1);
      if (above !== undefined) {
        await tenant.nest(above, [id]);
      }
      chain.push(id);
    }
    return chain;
  }

  /** Pushes groups that one group is a direct member of. */
  async function pushParents(group: string, count: number, name: string): Promise<readonly string[]> {
    const parents: string[] = [];
    for (let n = 0; n < count; n++) {
      const id = await tenant.pushGroup(`${name} ${n}`);
      await tenant.nest(id, [group]);
      parents.push(id);
    }
    return parents;
  }

  it("goes no deeper than it may, tells it once, and again where it happens anew", async () => {
    const chain = await pushChain(MAX_DEPTH + 2);
    const ada = await tenant.pushUser();
    await tenant.addMembers(chain.at(-1) ?? "", [ada]);
    await tenant.mapGroup("level 0", "admin");
    await tenant.mapGroup("level 1", "auditor");
    await settle();
    expect(await rolesOf(ada)).toEqual(["auditor"]);
    const deepest = `level ${MAX_DEPTH + 1}`;
    const once = { displayName: deepest, limit: "depth", value: MAX_DEPTH };
    expect(await limited()).toEqual([{ name: deepest, limit: "depth" }]);
    expect(await told()).toEqual([once]);

    await tenant.renameGroup(chain[0] ?? "", "renamed");
    await settle();
    expect(await told()).toEqual([once]);

    const [top = "", second = ""] = chain;
    await tenant.unnest(top, [second]);
    await settle();
    expect(await limited()).toEqual([]);
    await tenant.nest(top, [second]);
    await settle();
    expect(await told()).toEqual([once, once]);
  });

  it("is silent where a chain is as long as it may be", async () => {
    await pushChain(MAX_DEPTH + 1);
    await settle();
    expect([await limited(), await told()]).toEqual([[], []]);
  });

  it("tells of a group in more groups than count, directly or in all", async () => {
    const direct = await tenant.pushGroup("direct");
    const [extra = ""] = await pushParents(direct, MAX_PARENTS + 1, "parent");
    await settle();
    expect(await told()).toEqual([{ displayName: "direct", limit: "parents", value: MAX_PARENTS }]);
    await tenant.unnest(extra, [direct]);
    await settle();
    expect(await limited()).toEqual([]);

    const below = await tenant.pushGroup("below");
    const middle = await pushParents(below, 3, "middle");
    for (const [n, id] of middle.entries()) {
      await pushParents(id, MAX_PARENTS - 16, `above ${n}`);
    }
    await settle();
    expect(await limited()).toEqual([]);
    await pushParents(middle[0] ?? "", 10, "more");
    await settle();
    expect(await limited()).toEqual([{ name: "below", limit: "ancestors" }]);
    expect(3 + 3 * (MAX_PARENTS - 16) + 10).toBeGreaterThan(MAX_ANCESTORS);
  });
});

// --- Any order of pushes ends in the same effective members -------------------------------------------------------

interface Step {
  readonly do: "nest" | "unnest" | "delete" | "settle" | "join" | "leave";
  readonly group: number;
  readonly other: number;
}

const GROUPS = 6;
const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(
    ...(["nest", "nest", "nest", "unnest", "join", "join", "leave", "delete", "settle"] as const),
  ),
  group: fc.nat({ max: GROUPS - 1 }),
  other: fc.nat({ max: GROUPS - 1 }),
});

/** The groups above a group, by going every way. */
function above(edges: ReadonlySet<string>, group: number, seen = new Set<number>()): Set<number> {
  for (let parent = 0; parent < GROUPS; parent++) {
    if (edges.has(`${parent} ${group}`) && !seen.has(parent)) {
      seen.add(parent);
      above(edges, parent, seen);
    }
  }
  return seen;
}

/** What was pushed, by numbers. */
class Pushed {
  readonly #groups: string[] = [];
  readonly users: string[] = [];
  /** "group other": the other is in the group. */
  readonly #nestings = new Set<string>();
  readonly #members = new Set<string>();
  readonly #deleted = new Set<number>();

  async start(): Promise<void> {
    for (let n = 0; n < GROUPS; n++) {
      this.#groups.push(await tenant.pushGroup(`group ${n}`));
      this.users.push(await tenant.pushUser());
      await test.database.sql.query(
        "INSERT INTO roles (id, organization_id, key, name, permissions) VALUES ($1, $2, $3, $3, '{}')",
        [newId(), tenant.id, `role${n}`],
      );
      await tenant.mapGroup(`group ${n}`, `role${n}`);
    }
  }

  async push(step: Step): Promise<void> {
    if (step.do === "settle") {
      await settle();
    } else if (!this.#deleted.has(step.group)) {
      await this.#pushTo(step);
    }
  }

  async #pushTo({ do: act, group, other }: Step): Promise<void> {
    const [id = "", otherId = "", user = ""] = [this.#groups[group], this.#groups[other], this.users[other]];
    const pair = `${group} ${other}`;
    if (act === "nest" && group !== other && !this.#deleted.has(other)) {
      await tenant.nest(id, [otherId]);
      this.#nestings.add(pair);
    } else if (act === "unnest") {
      await tenant.unnest(id, [otherId]);
      this.#nestings.delete(pair);
    } else if (act === "join") {
      await tenant.addMembers(id, [user]);
      this.#members.add(pair);
    } else if (act === "leave") {
      await tenant.removeMembers(id, [user]);
      this.#members.delete(pair);
    } else if (act === "delete") {
      await tenant.deleteGroup(id);
      this.#deleted.add(group);
    }
  }

  /** The groups that a user is in, by going every way. */
  groupsOf(user: number): number[] {
    const living = new Set(
      [...this.#nestings].filter((pair) => pair.split(" ").every((n) => !this.#deleted.has(Number(n)))),
    );
    const direct = this.#groups.flatMap((_id, group) =>
      this.#members.has(`${group} ${user}`) && !this.#deleted.has(group) ? [group] : [],
    );
    return [...new Set(direct.flatMap((group) => [group, ...above(living, group)]))];
  }
}

it("any order of nestings, members and deletions ends in the effective members that the last state gives", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 24, size: "max" }), async (steps) => {
      tenant = await createTenant(test.database.sql, `nested${tenants++}`);
      const pushed = new Pushed();
      await pushed.start();
      for (const each of steps) {
        await pushed.push(each);
      }
      await settle();
      for (const [n, user] of pushed.users.entries()) {
        const roles = pushed.groupsOf(n).map((group) => `role${group}`);
        expect(await rolesOf(user)).toEqual(roles.sort());
      }
      expect(await tenant.dirtyRows()).toBe(0);
    }),
    { numRuns: 25 },
  );
}, 90_000);
