import { Client } from "pg";
import { expect, it } from "vitest";
import { diffSchemas, migrate, pendingMigrations, readSchema } from "./migrations.ts";
import { withSchemaEngine } from "./schema-engine.ts";
import { createTestDatabase, withEmptyDatabase, withSchemaBefore } from "./testing/index.ts";

it("migrates once when several processes start at the same moment", () =>
  withEmptyDatabase(async (url) => {
    const applied = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    const client = new Client({ connectionString: url });
    await client.connect();
    expect(await pendingMigrations(client)).toEqual([]);
    await client.end();
  }));

// Indexes over expressions, or unique with nulls that are not distinct, which Prisma's schema cannot name.
const BEYOND_PRISMA = [
  "directory_users_emails",
  "ended_mappings_what_gave_what",
  "group_mappings_what_gives_what",
  "sessions_idp_name_id",
  "sessions_idp_sid",
  "users_organization_id_lower_name",
];

// What a table is made of, as text that two databases can be compared by. How an index is kept, and what
// it carries beside its keys, Prisma does not know.
const CATALOG = `
  SELECT 'column ' || table_name || '.' || column_name || ' ' || udt_name || ' ' || is_nullable || ' ' ||
         coalesce(column_default, '') AS line
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
  UNION ALL
  SELECT regexp_replace(indexdef, ' (WITH \\(fastupdate=off\\)|INCLUDE \\([^)]*\\))', '', 'g') FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
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
      ({ line }) => !BEYOND_PRISMA.some((name) => line.includes(` INDEX ${name} `)),
    );
    expect(expressible).toEqual(rows);
    expect(ours.rows.length - rows.length).toBe(BEYOND_PRISMA.length);
    expect(rows.length).toBeGreaterThan(200);
    await migrated.drop();
  }));

it("applies a migration whole or not at all", () =>
  withEmptyDatabase(async (url) => {
    const script = "CREATE TABLE half (id int); INSERT INTO half VALUES (1); SELECT 1 / 0;";
    const content = { tag: "ok" as const, value: script };
    const migrationsList = {
      baseDir: "migrations",
      lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"' },
      shadowDbInitScript: "",
      migrationDirectories: [{ path: "1_half", migrationFile: { path: "migration.sql", content } }],
    };
    const filters = { externalTables: [], externalEnums: [] };
    const applied = withSchemaEngine(url, await readSchema(), (engine) =>
      engine.applyMigrations({ migrationsList, filters }),
    );
    await expect(applied).rejects.toThrow("division by zero");
    const client = new Client({ connectionString: url });
    await client.connect();
    expect((await client.query("SELECT to_regclass('half') AS half")).rows).toEqual([{ half: null }]);
    await client.end();
  }));

const id = (n: number) => `00000000-0000-0000-0000-00000000000${n}`;

it("turns the generations of directory rows into marks, and their users into links", () =>
  withSchemaBefore("20261127070000_dirty_marks", async ({ query, read, migrate }) => {
    await query(`
      INSERT INTO organizations (id, slug, name, updated_at) VALUES ('${id(1)}', 'acme', 'Acme', now());
      INSERT INTO directories (id, organization_id, name, updated_at) VALUES ('${id(2)}', '${id(1)}', 'Okta', now());
      INSERT INTO users (id, organization_id, updated_at) VALUES ('${id(3)}', '${id(1)}', now());
      INSERT INTO directory_users (id, organization_id, directory_id, user_name, resource, generation, observed_generation, user_id)
      VALUES ('${id(4)}', '${id(1)}', '${id(2)}', 'seen', '{}', 2, 2, '${id(3)}'),
             ('${id(5)}', '${id(1)}', '${id(2)}', 'changed', '{}', 2, 1, '${id(3)}'),
             ('${id(6)}', '${id(1)}', '${id(2)}', 'new', '{}', 1, 0, NULL);
      INSERT INTO directory_groups (id, organization_id, directory_id, display_name, display_name_key, resource, generation, observed_generation)
      VALUES ('${id(7)}', '${id(1)}', '${id(2)}', 'seen', 'seen', '{}', 1, 1),
             ('${id(8)}', '${id(1)}', '${id(2)}', 'changed', 'changed', '{}', 3, 1);
      INSERT INTO directory_group_members (organization_id, group_id, user_id) VALUES ('${id(1)}', '${id(7)}', '${id(4)}');
      INSERT INTO scim_requests (id, organization_id, directory_id, request_id, method, path, status, latency_ms, request_body)
      VALUES ('${id(9)}', '${id(1)}', '${id(2)}', 'r', 'POST', '/Users', 201, 1, '{"userName":"seen"}');`);
    await migrate();
    expect(await read("SELECT directory_user_id, user_id FROM directory_user_links ORDER BY 1")).toEqual([
      [id(4), id(3)],
      [id(5), id(3)],
    ]);
    expect(
      await read("SELECT directory_user_id FROM dirty_directory_users WHERE NOT identified ORDER BY 1"),
    ).toEqual([[id(5)], [id(6)]]);
    expect(await read("SELECT directory_group_id FROM dirty_directory_groups")).toEqual([[id(8)]]);
    expect(await read("SELECT count(*)::int FROM directory_group_members")).toEqual([[1]]);
    expect(await read("SELECT request_body->>'userName', response_body FROM scim_requests")).toEqual([
      ["seen", null],
    ]);
  }));
