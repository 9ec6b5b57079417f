import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createReconciliation } from "../../testing/reconciliation.ts";
import { createTenant, type Tenant } from "../../testing/tenant.ts";
import { findDirtyOrganizations } from "./dirty-organizations.ts";

let test: TestDatabase;
let acme: Tenant;

beforeEach(async () => {
  test = await createTestDatabase();
  acme = await createTenant(test.database.sql, "acme");
});
afterEach(() => test.drop());

const later = (ms: number) => new Date(Date.now() + ms);

it("the sweep finds the organizations with rows that have waited, and no others", async () => {
  const { sql } = test.database;
  const bravo = await createTenant(sql, "bravo");
  const clean = await createTenant(sql, "clean");
  await acme.pushUser();
  await bravo.pushGroup("Engineering");
  await clean.pushUser();
  await createReconciliation(test.database).settle(clean.id);
  expect(await findDirtyOrganizations(sql, later(0))).toEqual([]); // too young: they are being worked off
  expect((await findDirtyOrganizations(sql, later(10_000))).sort()).toEqual([acme.id, bravo.id].sort());
});
