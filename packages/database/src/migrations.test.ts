import { Client } from "pg";
import { expect, it } from "vitest";
import { diffSchema, migrate, pendingMigrations } from "./migrations.ts";
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

it("has migrations that lead exactly to schema.prisma", () =>
  withEmptyDatabase(async (url) => {
    expect(await diffSchema(url)).toContain("This is an empty migration");
  }));
