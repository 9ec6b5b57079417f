import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { ignoreConnectionErrors } from "./pool.ts";
import { withSchemaEngine } from "./schema-engine.ts";

// The same place from src/ and from dist/.
const PRISMA_DIR = fileURLToPath(new URL("../../../../prisma/", import.meta.url));
const MIGRATIONS_DIR = join(PRISMA_DIR, "migrations");

// Any fixed number: processes that start at once queue up behind it.
const MIGRATION_LOCK = 7_255_967;

const FILTERS = { externalTables: [], externalEnums: [] };

/**
 * Brings the database to the schema of this build: applies what `prisma/migrations` has and the database has not.
 * Safe when several processes call it at once. Returns the names of the migrations that it applied.
 */
export async function migrate(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url, application_name: "sallyport migrate" });
  ignoreConnectionErrors(client); // in between its statements, while the engine works on connections of its own
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    if ((await pendingMigrations(client)).length === 0) {
      return [];
    }
    const migrationsList = await readMigrations();
    const { appliedMigrationNames } = await withSchemaEngine(url, await readSchema(), (engine) =>
      engine.applyMigrations({ migrationsList, filters: FILTERS }),
    );
    return appliedMigrationNames;
  } finally {
    await client.end(); // gives the lock back
  }
}

/** The names of the migrations of this build that the database has not. */
export async function pendingMigrations(client: Pick<Client, "query">): Promise<string[]> {
  const names = await migrationNames();
  const { rows } = await client.query<{ known: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS known",
  );
  if (rows[0]?.known !== true) {
    return names;
  }
  const applied = await client.query<{ migration_name: string }>(
    "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  const done = new Set(applied.rows.map((row) => row.migration_name));
  return names.filter((name) => !done.has(name));
}

/**
 * The SQL that leads from one text of `schema.prisma` (null: an empty database) to another. The engine wants a
 * server to talk to, of whose version it writes; it changes nothing there.
 */
export async function diffSchemas(url: string, from: string | null, to: string): Promise<string> {
  const model = (content: string) => ({
    tag: "schemaDatamodel" as const,
    files: [{ path: "schema.prisma", content }],
  });
  const { stdout } = await withSchemaEngine(url, to, (engine) =>
    engine.diff({
      from: from === null ? { tag: "empty" } : model(from),
      to: model(to),
      script: true,
      exitCode: null,
      filters: FILTERS,
    }),
  );
  return stdout ?? "";
}

/** The text of `prisma/schema.prisma`. */
export function readSchema(): Promise<string> {
  return readFile(join(PRISMA_DIR, "schema.prisma"), "utf8");
}

async function migrationNames(): Promise<string[]> {
  const entries = await readdir(MIGRATIONS_DIR, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function readMigrations() {
  const names = await migrationNames();
  return {
    baseDir: MIGRATIONS_DIR,
    lockfile: {
      path: "migration_lock.toml",
      content: await readFile(join(MIGRATIONS_DIR, "migration_lock.toml"), "utf8"),
    },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: "migration.sql",
          content: {
            tag: "ok" as const,
            value: await readFile(join(MIGRATIONS_DIR, name, "migration.sql"), "utf8"),
          },
        },
      })),
    ),
  };
}
