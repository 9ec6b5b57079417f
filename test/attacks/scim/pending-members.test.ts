/**
 * Members of groups that are not here: kept until they come, and no way to learn of others or to fill tables.
 * CWE-203 (observable discrepancy), CWE-639, CWE-770.
 */

import { send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { createReconciliation, type TestReconciliation } from "@sallyport/worker/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const NOBODY = "00000000-0000-7000-8000-000000000000";

let scim: TestScim;
let reconciliation: TestReconciliation;
let directory: TestDirectory;
beforeAll(async () => {
  scim = await startScim();
  reconciliation = createReconciliation(scim.database);
});
beforeEach(async () => {
  directory = await scim.addDirectory("entra");
});
afterAll(() => scim.stop());

interface Shown {
  readonly display: string;
}

const settle = () => reconciliation.settle(directory.organizationId);
const addUser = async (userName: string, more: object = {}, to = directory) =>
  (await send(to, "POST", "/Users", { schemas: [USER], userName, ...more })).body.id;
const createGroup = (displayName: string, values: readonly string[], more: object = {}, to = directory) =>
  send(to, "POST", "/Groups", {
    ...{ schemas: [GROUP], displayName, members: values.map((value) => ({ value })) },
    ...more,
  });
const change = (id: string, op: string, values: readonly string[], to = directory) =>
  send(to, "PATCH", `/Groups/${id}`, {
    schemas: [PATCH],
    Operations: [{ op, path: "members", value: values.map((value) => ({ value })) }],
  });

async function membersOf(id: string): Promise<string[]> {
  const { body } = await send(directory, "GET", `/Groups/${id}`);
  return (body.members ?? []).map(({ display }: Shown) => display).sort();
}

async function pending(): Promise<string[]> {
  const { rows } = await scim.database.sql.query<{ value: string }>(
    "SELECT value FROM directory_pending_members WHERE organization_id = $1 ORDER BY 1",
    [directory.organizationId],
  );
  return rows.map(({ value }) => value);
}

async function notes(): Promise<unknown> {
  await scim.flush();
  const { rows } = await scim.database.sql.query(
    "SELECT notes FROM scim_requests WHERE directory_id = $1 AND notes IS NOT NULL ORDER BY id DESC LIMIT 1",
    [directory.id],
  );
  return rows[0];
}

describe("members who are not here yet", () => {
  it.each<[string, (known: string) => Promise<string>]>([
    ["of a new group", async (known) => (await createGroup("team", [known, "ext-1"])).body.id],
    [
      "added to a group",
      async (known) => {
        const { body } = await createGroup("team", []);
        expect((await change(body.id, "add", [known, "ext-1"])).status).toBe(204);
        return body.id;
      },
    ],
    [
      "put into a group",
      async (known) => {
        const { body } = await createGroup("team", []);
        const members = [{ value: known }, { value: "ext-1" }];
        const put = { schemas: [GROUP], displayName: "team", members };
        expect((await send(directory, "PUT", `/Groups/${body.id}`, put)).status).toBe(200);
        return body.id;
      },
    ],
  ])("come later, and the others at once: %s", async (_how, push) => {
    const group = await push(await addUser("known"));
    expect(await membersOf(group)).toEqual(["known"]);
    expect(await pending()).toEqual(["ext-1"]);
    expect(JSON.stringify(await notes())).toContain("ext-1");
    const before = (await send(directory, "GET", `/Groups/${group}`)).body.meta.version;
    await addUser("late", { externalId: "ext-1" });
    await settle();
    expect(await membersOf(group)).toEqual(["known", "late"]);
    expect(await pending()).toEqual([]);
    expect((await send(directory, "GET", `/Groups/${group}`)).body.meta.version).not.toBe(before);
  });

  it("have the reconciler look at once, though nothing else of the group changes: they may be here by an externalId", async () => {
    const { body } = await createGroup("team", []);
    for (const [op, value] of [
      ["add", "ext-1"],
      ["replace", "ext-2"],
    ] as const) {
      const asked = scim.reconciled.length;
      expect((await change(body.id, op, [value])).status).toBe(204);
      expect(scim.reconciled.slice(asked)).toEqual([directory.organizationId]);
    }
    const asked = scim.reconciled.length;
    const put = { schemas: [GROUP], displayName: "team", members: [{ value: "ext-3" }] };
    expect((await send(directory, "PUT", `/Groups/${body.id}`, put)).status).toBe(200);
    expect(scim.reconciled.slice(asked)).toEqual([directory.organizationId]);
  });

  it("may be groups, and may have come before by their externalId", async () => {
    const early = await addUser("early", { externalId: "ext-early" });
    const { body } = await createGroup("team", ["ext-early", "ext-group"]);
    await settle();
    expect(await membersOf(body.id)).toEqual(["early"]);
    await createGroup("inner", [early], { externalId: "ext-group" });
    await settle();
    expect(await membersOf(body.id)).toEqual(["early", "inner"]);
  });

  it.each<[string, (group: string) => Promise<unknown>]>([
    ["when they are removed", (group) => change(group, "remove", ["ext-1"])],
    ["when all are replaced", (group) => change(group, "replace", [])],
    ["with the group", (group) => send(directory, "DELETE", `/Groups/${group}`)],
  ])("come no more %s", async (_when, act) => {
    const { body } = await createGroup("team", ["ext-1"]);
    await act(body.id);
    await settle();
    await addUser("late", { externalId: "ext-1" });
    await settle();
    expect(await pending()).toEqual([]);
    expect(await membersOf(body.id)).toEqual([]);
  });
});

describe("who fishes for others", () => {
  it("is answered alike for ids of nobody, of another directory and of another organization, and never gets them", async () => {
    const neighbour = await scim.addDirectory(undefined, { organizationId: directory.organizationId });
    const stranger = await scim.addDirectory();
    const foreign = [
      await addUser("neighbour", { externalId: "ext-n" }, neighbour),
      await addUser("stranger", { externalId: "ext-s" }, stranger),
      (await createGroup("foreign", [], {}, stranger)).body.id,
    ];
    const group = (await createGroup("team", [])).body.id;
    for (const value of [NOBODY, ...foreign, "ext-n", "ext-s"]) {
      const answer = await change(group, "add", [value]);
      expect([answer.status, answer.body]).toEqual([204, undefined]);
    }
    await settle();
    await reconciliation.settle(stranger.organizationId);
    expect(await membersOf(group)).toEqual([]);
  });

  it("learns nothing from strictness either", async () => {
    const strict = await scim.addDirectory("strict");
    const stranger = await addUser("stranger", {}, await scim.addDirectory());
    const group = (await createGroup("team", [], {}, strict)).body.id;
    for (const value of [NOBODY, stranger, "no-id"]) {
      for (const answer of [
        await change(group, "add", [value], strict),
        await createGroup("other", [value], {}, strict),
      ]) {
        expect([answer.status, answer.body.scimType]).toEqual([400, "invalidValue"]);
      }
    }
  });
});

it("a flood of members who never come fills no table", async () => {
  const values = (from: number) => Array.from({ length: 6_000 }, (_, n) => `nobody-${from + n}`);
  const group = (await createGroup("flood", values(0))).body.id;
  expect((await change(group, "add", values(6_000))).status).toBe(204);
  expect((await change(group, "add", ["x".repeat(10_000)])).status).toBe(204);
  expect(await pending()).toHaveLength(10_000);
  const { rows } = await scim.database.sql.query<{ notes: unknown[] }>(
    "SELECT notes FROM scim_requests WHERE directory_id = $1 AND notes IS NOT NULL",
    [directory.id],
  );
  for (const row of rows) {
    expect(JSON.stringify(row).length).toBeLessThan(10_000);
  }
});
