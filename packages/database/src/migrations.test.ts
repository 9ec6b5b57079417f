import { Client } from "pg";
import { expect, it } from "vitest";
import { diffSchemas, migrate, pendingMigrations, readSchema } from "./migrations.ts";
import { createTestDatabase, urlOfDatabase } from "./testing/index.ts";

async function withEmptyDatabase(work: (url: string) => Promise<void>): Promise<void> {
  const { database, url, drop } = await createTestDatabase();
  await database.sql.query("CREATE DATABASE empty_one TEMPLATE template0");
  try {
    await work(urlOfDatabase(url, "empty_one"));
  } finally {
    await database.sql.query("DROP DATABASE empty_one WITH (FORCE)");
    await drop();
  }
}

it("migrates once when several processes start at the same moment", () =>
  withEmptyDatabase(async (url) => {
    const applied = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    const client = new Client({ connectionString: url });
    await client.connect();
    expect(await pendingMigrations(client)).toEqual([]);
    await client.end();
  }));

// Indexes over expressions, which Prisma's schema cannot name: they stand at the end of their migration.
const BEYOND_PRISMA = ["directory_users_emails", "sessions_idp_name_id"];

// What a table is made of, as text that two databases can be compared by.
const CATALOG = `
  SELECT 'column ' || table_name || '.' || column_name || ' ' || udt_name || ' ' || is_nullable || ' ' ||
         coalesce(column_default, '') AS line
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
  UNION ALL
  SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
  UNION ALL
  SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'p', 'u') AND conrelid <> '_prisma_migrations'::regclass
  ORDER BY 1`;

it("has migrations that lead exactly to schema.prisma", () =>
  withEmptyDatabase(async (url) => {
    const migrated = await createTestDatabase();
    const direct = new Client({ connectionString: url });
    await direct.connect();
    await direct.query("CREATE TABLE _prisma_migrations ()");
    await direct.query(await diffSchemas(url, null, await readSchema()));
    const { rows } = await direct.query(CATALOG);
    await direct.end();
    const ours = await migrated.database.sql.query<{ line: string }>(CATALOG);
    const expressible = ours.rows.filter(
      ({ line }) => !BEYOND_PRISMA.some((name) => line.startsWith(`CREATE INDEX ${name} `)),
    );
    expect(expressible).toEqual(rows);
    expect(ours.rows.length - rows.length).toBe(BEYOND_PRISMA.length);
    expect(rows.length).toBeGreaterThan(200);
    await migrated.drop();
  }));
