/**
 * What groups in groups cost: 10,000 groups in ten levels, 20,000 users in the lowest. Prints milliseconds and statements.
 * Run: npx tsx --conditions=source test/bench/nested-groups.ts
 */

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, newId, openDatabase, type Sql } from "@sallyport/database";
import { groupsOf } from "@sallyport/directories";
import { startEmbeddedPostgres } from "@sallyport/embedded-postgres";
import { createReconciliation } from "@sallyport/worker/testing";

const LEVELS = 10;
const WIDTH = 1_000;
const USERS = 20_000;

const postgres = await startEmbeddedPostgres({
  dataDir: await mkdtemp(join(tmpdir(), "sallyport-nested-groups-")),
  ephemeral: true,
});
await migrate(postgres.url);
const database = openDatabase({ url: postgres.url, poolSize: 5 });
const { sql } = database;
let statements = 0;
const counted: typeof database = {
  ...database,
  transaction: (work) =>
    database.transaction((within) => {
      const counting: Sql = {
        query: (...statement) => {
          statements++;
          return within.query(...statement);
        },
      };
      return work(counting);
    }),
};
const reconciliation = createReconciliation(counted, { batchesPerTurn: 10_000 });

async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  statements = 0;
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  process.stdout.write(`${name}: ${ms.toFixed(0)} ms, ${statements} statements\n`);
}

try {
  const organization = newId();
  const directory = newId();
  await sql.query(
    "INSERT INTO organizations (id, slug, name, updated_at) VALUES ($1, 'acme', 'Acme', now())",
    [organization],
  );
  await sql.query(
    "INSERT INTO directories (id, organization_id, name, updated_at) VALUES ($1, $2, 'Entra', now())",
    [directory, organization],
  );
  const levels = Array.from({ length: LEVELS }, () => Array.from({ length: WIDTH }, () => newId()));
  await sql.query(
    `INSERT INTO directory_groups (id, organization_id, directory_id, display_name, display_name_key, resource)
     SELECT id, $1, $2, id::text, id::text, '{}' FROM unnest($3::uuid[]) AS id`,
    [organization, directory, levels.flat()],
  );
  const users = Array.from({ length: USERS }, () => newId());
  await sql.query(
    `INSERT INTO directory_users (id, organization_id, directory_id, user_name, user_name_key, resource)
     SELECT id, $1, $2, id::text, id::text, '{}' FROM unnest($3::uuid[]) AS id`,
    [organization, directory, users],
  );
  const lowest = levels.at(-1) ?? [];
  await sql.query(
    `INSERT INTO directory_group_members (organization_id, group_id, user_id)
     SELECT $1, * FROM unnest($2::uuid[], $3::uuid[])`,
    [organization, users.map((_, n) => lowest[n % WIDTH]), users],
  );
  const nest = async (parents: readonly (string | undefined)[], members: readonly string[]) => {
    await sql.query(
      `INSERT INTO directory_group_nestings (organization_id, group_id, member_group_id)
       SELECT $1, * FROM unnest($2::uuid[], $3::uuid[])`,
      [organization, parents, members],
    );
    await mark(members);
  };
  const mark = (ids: readonly string[]) =>
    sql.query(
      "INSERT INTO dirty_directory_groups (organization_id, directory_group_id) SELECT $1, unnest($2::uuid[])",
      [organization, ids],
    );
  await sql.query("ANALYZE", []);

  await mark(levels.flat());
  await measure("the same groups and users, not nested", () => reconciliation.settle(organization));
  for (const [level, members] of levels.entries()) {
    const parents = levels[level - 1];
    if (parents !== undefined) {
      await nest(
        members.map((_, n) => parents[Math.floor(n / 2)]),
        members,
      );
    }
  }
  await measure("all of them nested at once", () => reconciliation.settle(organization));
  const [top = "", below = ""] = [levels[0]?.[0], levels[1]?.[0]];
  await sql.query("DELETE FROM directory_group_nestings WHERE group_id = $1 AND member_group_id = $2", [
    top,
    below,
  ]);
  await mark([below]);
  await measure("one nesting at the top goes, with all below it", () => reconciliation.settle(organization));
  await nest([levels[LEVELS - 2]?.[1]], [lowest[0] ?? ""]);
  await measure("one nesting at the bottom comes", () => reconciliation.settle(organization));
  const asked = users.slice(0, 1_000);
  await measure("a user's groups, 1,000 times", async () => {
    for (const id of asked) {
      await sql.query(groupsOf("$1"), [id], "bench_groups_of");
    }
  });
  const { rows } = await sql.query<{ rows: number; size: string }>(
    `SELECT count(*)::int AS rows, pg_size_pretty(pg_total_relation_size('directory_group_ancestors')) AS size
     FROM directory_group_ancestors`,
  );
  process.stdout.write(`ancestors stored: ${rows[0]?.rows} rows, ${rows[0]?.size}\n`);
} finally {
  await database.close();
  await postgres.stop();
}
