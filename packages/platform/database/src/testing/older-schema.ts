import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { createTestDatabase, urlOfDatabase } from "./test-database.ts";

/** A database that no migration was applied to. */
export async function withEmptyDatabase(work: (url: string) => Promise<void>): Promise<void> {
  const { database, url, drop } = await createTestDatabase();
  await database.sql.query("CREATE DATABASE empty_one TEMPLATE template0");
  try {
    await work(urlOfDatabase(url, "empty_one"));
  } finally {
    await database.sql.query("DROP DATABASE empty_one WITH (FORCE)");
    await drop();
  }
}

const MIGRATIONS = join(import.meta.dirname, "../../../../../prisma/migrations");
export interface OlderSchema {
  query(text: string, values?: unknown[]): Promise<unknown>;
  /** Rows as arrays of their values. */
  read(text: string): Promise<unknown[][]>;
  /** Applies the migration, and all that follow it. */
  migrate(): Promise<void>;
}

/** A database with the schema before a migration. */
export function withSchemaBefore(
  migration: string,
  work: (older: OlderSchema) => Promise<void>,
): Promise<void> {
  return withEmptyDatabase(async (url) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    const names = (await readdir(MIGRATIONS)).filter((name) => /^\d/.test(name)).sort();
    const at = names.indexOf(migration);
    if (at < 1) {
      throw new Error(`No migration ${migration} with any before it`);
    }
    const apply = async (some: string[]) => {
      for (const name of some) {
        await client.query(await readFile(join(MIGRATIONS, name, "migration.sql"), "utf8"));
      }
    };
    try {
      await apply(names.slice(0, at));
      await work({
        query: (text, values) => client.query(text, values),
        read: async (text) => (await client.query({ text, rowMode: "array" })).rows,
        migrate: () => apply(names.slice(at)),
      });
    } finally {
      await client.end();
    }
  });
}
