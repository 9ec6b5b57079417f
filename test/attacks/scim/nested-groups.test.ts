/**
 * Groups in groups, as a weapon: circles, deep chains, webs in which everything is in everything, groups of others.
 * CWE-674 (uncontrolled recursion), CWE-400, CWE-770, CWE-639 (authorization bypass through a user-controlled key).
 */

import { MAX_ANCESTORS, MAX_DEPTH } from "@sallyport/directories";
import { type Answer, send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { createReconciliation, type TestReconciliation } from "@sallyport/worker/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

let scim: TestScim;
let reconciliation: TestReconciliation;
let directory: TestDirectory;
beforeAll(async () => {
  scim = await startScim();
  reconciliation = createReconciliation(scim.database);
});
beforeEach(async () => {
  directory = await scim.addDirectory();
});
afterAll(() => scim.stop());

interface Shown {
  readonly value: string;
  readonly display: string;
  readonly type: string;
  readonly $ref: string;
}

async function addUser(userName: string, to = directory): Promise<string> {
  const { body, status } = await send(to, "POST", "/Users", { schemas: [USER], userName });
  expect(status).toBe(201);
  return body.id;
}

async function addGroup(
  displayName: string,
  members: readonly object[] = [],
  to = directory,
): Promise<string> {
  const { body, status } = await send(to, "POST", "/Groups", { schemas: [GROUP], displayName, members });
  expect(status).toBe(201);
  return body.id;
}

const patch = (id: string, ...operations: readonly object[]): Promise<Answer> =>
  send(directory, "PATCH", `/Groups/${id}`, { schemas: [PATCH], Operations: operations });
const add = (id: string, ...members: readonly object[]) =>
  patch(id, { op: "add", path: "members", value: members });
const settle = () => reconciliation.settle(directory.organizationId);

async function membersOf(id: string): Promise<string[]> {
  const { body } = await send(directory, "GET", `/Groups/${id}`);
  return (body.members ?? []).map(({ type, display }: Shown) => `${type} ${display}`);
}

async function groupsOf(userId: string): Promise<string[]> {
  const { body } = await send(directory, "GET", `/Users/${userId}`);
  return (body.groups ?? []).map(({ type, display }: Shown) => `${type} ${display}`).sort();
}

async function ancestorRows(): Promise<number> {
  const { rows } = await scim.database.sql.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM directory_group_ancestors WHERE organization_id = $1",
    [directory.organizationId],
  );
  return rows[0]?.count ?? 0;
}

describe("honest groups in groups", () => {
  let ada: string;
  let bottom: string;
  beforeEach(async () => {
    ada = await addUser("ada");
    bottom = await addGroup("bottom", [{ value: ada }]);
  });

  it.each<[string, () => Promise<string>]>([
    ["created with a bare id, as Entra sends it", () => addGroup("top", [{ value: bottom }])],
    ["created with its type", () => addGroup("top", [{ value: bottom, type: "Group" }])],
    [
      "added to a group, beside a user",
      async () => {
        const top = await addGroup("top");
        expect((await add(top, { value: bottom }, { value: await addUser("eve") })).status).toBe(204);
        return top;
      },
    ],
    [
      "put into a group",
      async () => {
        const top = await addGroup("top", [{ value: ada }]);
        const body = { schemas: [GROUP], displayName: "top", members: [{ value: bottom }] };
        expect((await send(directory, "PUT", `/Groups/${top}`, body)).status).toBe(200);
        return top;
      },
    ],
  ])("are taken: %s", async (_how, nest) => {
    const top = await nest();
    expect(await membersOf(top)).toContain("Group bottom");
    await settle();
    expect(await groupsOf(ada)).toEqual(["direct bottom", "indirect top"]);
    const byGroup = await send(directory, "GET", `/Users?filter=groups.value eq "${top}"`);
    expect(byGroup.body.Resources.map(({ id }: { id: string }) => id)).toContain(ada);
    const byMember = await send(directory, "GET", `/Groups?filter=members.value eq "${bottom}"`);
    expect(byMember.body.Resources.map(({ id }: { id: string }) => id)).toEqual([top]);
  });

  it.each<[string, (top: string) => Promise<Answer>]>([
    ["by its value", (top) => patch(top, { op: "remove", path: `members[value eq "${bottom}"]` })],
    [
      "as Entra removes members",
      (top) => patch(top, { op: "Remove", path: "members", value: [{ value: bottom }] }),
    ],
    ["with all members", (top) => patch(top, { op: "remove", path: "members" })],
    ["by a replacement", (top) => patch(top, { op: "replace", path: "members", value: [] })],
    [
      "by a PUT",
      (top) =>
        send(directory, "PUT", `/Groups/${top}`, { schemas: [GROUP], displayName: "top", members: [] }),
    ],
    ["with its end", () => send(directory, "DELETE", `/Groups/${bottom}`)],
  ])("go: %s", async (_how, remove) => {
    const top = await addGroup("top", [{ value: bottom }]);
    await settle();
    expect((await remove(top)).status).toBeLessThan(300);
    await settle();
    expect(await membersOf(top)).toEqual([]);
    expect(await groupsOf(ada)).not.toContain("indirect top");
  });
});

describe("a group is no member of", () => {
  it("a group of another directory, nor one of another organization", async () => {
    const neighbour = await scim.addDirectory(undefined, { organizationId: directory.organizationId });
    const stranger = await scim.addDirectory();
    const mine = await addGroup("mine");
    for (const other of [neighbour, stranger]) {
      const foreign = await addGroup("foreign", [], other);
      expect((await add(mine, { value: foreign, type: "Group" })).status).toBe(400);
      const create = { schemas: [GROUP], displayName: "both", members: [{ value: foreign }] };
      expect((await send(directory, "POST", "/Groups", create)).status).toBe(400);
      const taking = {
        schemas: [PATCH],
        Operations: [{ op: "add", path: "members", value: [{ value: mine }] }],
      };
      expect((await send(other, "PATCH", `/Groups/${foreign}`, taking)).status).toBe(400);
    }
    expect(await membersOf(mine)).toEqual([]);
  });

  it("itself", async () => {
    const group = await addGroup("group");
    const answer = await add(group, { value: group });
    expect([answer.status, answer.body.scimType]).toEqual([400, "invalidValue"]);
  });
});

it("a circle ends nowhere and hangs nothing", async () => {
  const ada = await addUser("ada");
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) {
    ids.push(await addGroup(`group ${n}`, n === 0 ? [{ value: ada }] : []));
  }
  for (const [n, id] of ids.entries()) {
    expect((await add(id, { value: ids[(n + 1) % ids.length] })).status).toBe(204);
  }
  await settle();
  expect(await groupsOf(ada)).toEqual(["direct group 0", ...[1, 2, 3, 4].map((n) => `indirect group ${n}`)]);
});

it("a chain deeper than the bound counts as far as the bound goes", async () => {
  const ada = await addUser("ada");
  let below = await addGroup("level 0", [{ value: ada }]);
  for (let level = 1; level <= MAX_DEPTH + 5; level++) {
    below = await addGroup(`level ${level}`, [{ value: below }]);
  }
  await settle();
  const groups = await groupsOf(ada);
  expect(groups).toHaveLength(MAX_DEPTH + 1);
  expect(groups).toContain(`indirect level ${MAX_DEPTH}`);
});

it("a web in which every group is in every other takes rows as bounded as its groups", async () => {
  const layers = 6;
  const width = 45;
  let below: string[] = [];
  const bottom = await addGroup("bottom");
  for (let layer = 0; layer < layers; layer++) {
    const members = (below.length === 0 ? [bottom] : below).map((value) => ({ value }));
    below = await Promise.all(
      Array.from({ length: width }, (_, n) => addGroup(`layer ${layer}, ${n}`, members)),
    );
  }
  await settle();
  // Without a bound the bottom alone would be in all of them.
  expect(layers * width).toBeGreaterThan(MAX_ANCESTORS);
  const { rows } = await scim.database.sql.query<{ most: number }>(
    `SELECT max(count)::int AS most FROM (
       SELECT count(*) FROM directory_group_ancestors WHERE organization_id = $1 GROUP BY group_id) counts`,
    [directory.organizationId],
  );
  expect(rows[0]?.most).toBe(MAX_ANCESTORS);
  expect(await ancestorRows()).toBeLessThanOrEqual((layers * width + 1) * MAX_ANCESTORS);
}, 60_000);
