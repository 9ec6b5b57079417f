/**
 * A directory that takes access from everybody, by mistake or by whoever holds its token: at once, in a trickle, by the end of
 * a group, in the shape of single requests. CWE-799 (improper control of interaction frequency), CWE-841.
 */

import { setGuard } from "@sallyport/people";
import { send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { createReconciliation, type TestReconciliation } from "@sallyport/worker/testing";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const PEOPLE = 12;

let scim: TestScim;
let reconciliation: TestReconciliation;
let directory: TestDirectory;
let people: string[];
beforeAll(async () => {
  scim = await startScim();
  reconciliation = createReconciliation(scim.database);
});
beforeEach(async () => {
  directory = await scim.addDirectory();
  const { organizationId } = directory;
  await setGuard(scim.database.sql, organizationId, organizationId, { share: 30, people: 3, minutes: 60 });
  people = [];
  for (let n = 0; n < PEOPLE; n++) {
    const { body } = await send(directory, "POST", "/Users", { schemas: [USER], userName: `person-${n}` });
    people.push(body.id);
  }
  await settle();
});
afterAll(() => scim.stop());

const settle = () => reconciliation.settle(directory.organizationId);
const inactive = { schemas: [PATCH], Operations: [{ op: "replace", value: { active: false } }] };
const deactivate = (id: string) => send(directory, "PATCH", `/Users/${id}`, inactive);

async function active(): Promise<number> {
  const { rows } = await scim.database.sql.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM memberships WHERE organization_id = $1 AND status = 'active'",
    [directory.organizationId],
  );
  return rows[0]?.count ?? 0;
}

it("takes nothing from anybody when all are deactivated at once", async () => {
  const { status } = await send(directory, "POST", "/Bulk", {
    schemas: [BULK],
    Operations: people.map((id) => ({ method: "PATCH", path: `/Users/${id}`, data: inactive })),
  });
  expect(status).toBe(200);
  await settle();
  expect(await active()).toBe(PEOPLE);
});

it("takes nothing from anybody when all are deleted at once, and they can be pushed anew", async () => {
  for (const id of people) {
    expect((await send(directory, "DELETE", `/Users/${id}`)).status).toBe(204);
  }
  await settle();
  expect(await active()).toBe(PEOPLE);
  const again = await send(directory, "POST", "/Users", { schemas: [USER], userName: "person-0" });
  expect(again.status).toBe(201);
  await settle();
  expect(await active()).toBeGreaterThanOrEqual(PEOPLE);
});

it("takes from no more than the share when they are deactivated one by one", async () => {
  for (const id of people) {
    await deactivate(id);
    await settle();
  }
  expect(await active()).toBe(PEOPLE - 3); // 30 % of 12
});

it("gains nothing by having somebody back and gone again: each time counts", async () => {
  const [first = ""] = people;
  for (let n = 0; n < 4; n++) {
    await deactivate(first);
    await settle();
    await send(directory, "PATCH", `/Users/${first}`, {
      schemas: [PATCH],
      Operations: [{ op: "replace", value: { active: true } }],
    });
    await settle();
  }
  for (const id of people) {
    await deactivate(id);
  }
  await settle();
  expect(await active()).toBe(PEOPLE);
});

it("does at once what an honest directory says of one person", async () => {
  await deactivate(people[0] ?? "");
  await settle();
  expect(await active()).toBe(PEOPLE - 1);
});
