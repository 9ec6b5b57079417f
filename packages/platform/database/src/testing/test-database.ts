import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { type Database, openDatabase } from "../database.ts";

export const ADMIN_URL_VARIABLE = "SALLYPORT_TEST_DATABASE_URL";
export const TEMPLATE = "sallyport_template";

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Closes the pool and drops the database, whoever is still connected. */
  drop(): Promise<void>;
}

/** A fresh, migrated, empty database of this test's own, on the PostgreSQL that the test run started. */
export async function createTestDatabase(
  options: { readonly poolSize?: number } = {},
): Promise<TestDatabase> {
  const adminUrl = process.env[ADMIN_URL_VARIABLE];
  if (adminUrl === undefined) {
    throw new Error("No test PostgreSQL: run the tests through vitest's configuration");
  }
  const name = `test_${randomBytes(8).toString("hex")}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
  const url = urlOfDatabase(adminUrl, name);
  const database = openDatabase({ url, poolSize: options.poolSize ?? 5 });
  return {
    url,
    database,
    drop: async () => {
      await database.close();
      await asAdmin(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** The same server and credentials, another database. */
export function urlOfDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
