import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@sallyport/embedded-postgres";
import { Client } from "pg";
import { migrate } from "../migrations.ts";
import { ADMIN_URL_VARIABLE, TEMPLATE, urlOfDatabase } from "./test-database.ts";

/** vitest's global set-up: one embedded PostgreSQL for the whole run, with a migrated template to copy. */
export default async function setup(): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), "sallyport-test-"));
  const postgres = await startEmbeddedPostgres({ dataDir, ephemeral: true });
  try {
    const admin = new Client({ connectionString: postgres.url });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${TEMPLATE}`);
    await migrate(urlOfDatabase(postgres.url, TEMPLATE));
    await admin.query(`ALTER DATABASE ${TEMPLATE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
    await admin.end();
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  process.env[ADMIN_URL_VARIABLE] = postgres.url; // workers inherit it
  return () => postgres.stop();
}
