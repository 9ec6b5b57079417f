import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openDatabase } from "./database.ts";
import { analyzeGrownTables, type PlannedRows } from "./statistics.ts";
import { createTestDatabase, type TestDatabase } from "./testing/index.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 1 });
  await test.database.sql.query("ALTER TABLE reserved_slugs SET (autovacuum_enabled = off)");
});
afterAll(() => test.drop());
beforeEach(freeSlugs);

/** Adds rows to a table without keys to others, and has PostgreSQL count them now rather than in a second. */
async function reserveSlugs(count: number): Promise<void> {
  await test.database.sql.query(
    `INSERT INTO reserved_slugs (id, organization_id, slug)
     SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid() FROM generate_series(1, $1::int)`,
    [count],
  );
  await flush();
}

async function freeSlugs(): Promise<void> {
  await test.database.sql.query("TRUNCATE reserved_slugs");
  await flush();
}

const flush = () => test.database.sql.query("SELECT pg_stat_force_next_flush()");
const analyze = (planned: PlannedRows = new Map()) => analyzeGrownTables(test.database.sql, planned);

it("looks at a table once it has grown to more than a few rows, and again each time that it is eight times as large", async () => {
  const planned: PlannedRows = new Map();
  await reserveSlugs(100);
  expect(await analyze(planned)).toEqual([]);
  await reserveSlugs(1);
  expect(await analyze(planned)).toEqual(["reserved_slugs"]);
  await flush();
  expect(await analyze(planned)).toEqual([]);
  await reserveSlugs(7 * 101);
  expect(await analyze(planned)).toEqual([]);
  await reserveSlugs(1);
  expect(await analyze(planned)).toEqual(["reserved_slugs"]);
});

it("does not look at a queue anew for as many rows as it held before", async () => {
  const planned: PlannedRows = new Map();
  await reserveSlugs(1_000);
  expect(await analyze(planned)).toEqual(["reserved_slugs"]);
  await flush();
  expect(await analyze(planned)).toEqual([]);
  await freeSlugs();
  await reserveSlugs(8_000);
  expect(await analyze(planned)).toEqual([]);
  await reserveSlugs(1);
  expect(await analyze(planned)).toEqual(["reserved_slugs"]);
});

it("looks at a sample of a large table, and leaves other looks as they are", async () => {
  const { sql } = test.database;
  await reserveSlugs(5_000);
  await analyze();
  const { rows } = await sql.query(
    `SELECT array_length(histogram_bounds, 1) AS bounds, current_setting('default_statistics_target') AS target
     FROM pg_stats WHERE tablename = 'reserved_slugs' AND attname = 'slug'`,
  );
  expect(rows).toEqual([{ bounds: 11, target: "100" }]);
});

it("has a statement that was prepared before planned anew", async () => {
  const { sql } = test.database;
  await sql.query("PREPARE by_slug (text) AS SELECT id FROM reserved_slugs WHERE slug = $1");
  await sql.query("SET plan_cache_mode = force_generic_plan");
  const estimate = async () => {
    const { rows } = await sql.query<{ "QUERY PLAN": [{ Plan: { "Total Cost": number } }] }>(
      "EXPLAIN (FORMAT JSON) EXECUTE by_slug ('x')",
    );
    return rows[0]?.["QUERY PLAN"][0].Plan["Total Cost"];
  };
  const before = await estimate();
  await reserveSlugs(20_000);
  expect(await estimate()).toBe(before);
  await analyze();
  expect(await estimate()).not.toBe(before);
});

it("waits for nobody who alters a table, and looks at it later", async () => {
  await reserveSlugs(1_000);
  const planned: PlannedRows = new Map();
  const other = openDatabase({ url: test.url, poolSize: 1 });
  await other.transaction(async (sql) => {
    await sql.query("LOCK TABLE reserved_slugs IN SHARE MODE");
    expect(await analyze(planned)).toEqual(["reserved_slugs"]);
  });
  await other.close();
  expect(await analyze(planned)).toEqual(["reserved_slugs"]);
  expect(await analyze(planned)).toEqual([]);
});
