import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase } from "./database.ts";
import { isId, newId } from "./ids.ts";
import { isUniqueViolation } from "./sql.ts";
import { createTestDatabase, type TestDatabase } from "./testing/index.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const insert = "INSERT INTO organizations (id, slug, name, updated_at) VALUES ($1, $2, $2, now())";
const slugs = async () =>
  (await test.database.prisma.organization.findMany()).map((organization) => organization.slug);

it("commits what resolves and rolls back what throws", async () => {
  await test.database.transaction((sql) => sql.query(insert, [newId(), "kept"]));
  await expect(
    test.database.transaction(async (sql) => {
      await sql.query(insert, [newId(), "lost"]);
      throw new Error("changed my mind");
    }),
  ).rejects.toThrow("changed my mind");
  expect(await slugs()).toEqual(["kept"]);
});

it("has the planner go by indexes, on every connection", async () => {
  const settings = async () =>
    (
      await test.database.sql.query(
        "SELECT current_setting('enable_seqscan') AS seqscan, current_setting('jit') AS jit",
      )
    ).rows;
  for (const rows of await Promise.all([settings(), settings(), settings()])) {
    expect(rows).toEqual([{ seqscan: "off", jit: "off" }]);
  }
});

it("knows a unique violation, by driver and by Prisma", async () => {
  const byDriver = await test.database.sql.query(insert, [newId(), "kept"]).catch((error: unknown) => error);
  const byPrisma = await test.database.prisma.organization
    .create({ data: { id: newId(), slug: "kept", name: "x" } })
    .catch((error: unknown) => error);
  expect([byDriver, byPrisma].map((error) => isUniqueViolation(error))).toEqual([true, true]);
  expect(isUniqueViolation(byDriver, "organizations_slug_key")).toBe(true);
  expect(isUniqueViolation(byDriver, "organizations_pkey")).toBe(false);
  expect(isUniqueViolation(new Error("other"))).toBe(false);
});

it("makes ids that sort by creation, and tells what cannot be one", () => {
  const ids = Array.from({ length: 50 }, newId);
  expect([...ids].sort()).toEqual(ids);
  expect(ids.every(isId)).toBe(true);
  expect(["", "1", "x".repeat(36), `${newId()} `].some(isId)).toBe(false);
});

it("is closed once the server has seen the last connection go", async () => {
  const other = openDatabase({ url: test.url, poolSize: 4 });
  await Promise.all([1, 2, 3, 4].map(() => other.sql.query("SELECT pg_sleep(0.05)")));
  let closed = 0;
  other.pool.on("remove", () => {
    closed += 1;
  });
  await other.close();
  expect(closed).toBe(4);
});
