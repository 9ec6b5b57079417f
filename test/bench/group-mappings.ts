/**
 * What mappings cost a push: 10,000 groups, 10,000 users in ten groups each, and 100 mappings by name, by prefix and by
 * pattern in turn. Prints milliseconds and statements.
 * Run: npx tsx --conditions=source test/bench/group-mappings.ts
 */

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, newId, openDatabase, type Sql, sqlOverPrisma } from "@sallyport/database";
import { startEmbeddedPostgres } from "@sallyport/embedded-postgres";
import { planMappings, replaceGroupMappings } from "@sallyport/roles";
import { createReconciliation } from "@sallyport/worker/testing";

const GROUPS = 10_000;
const USERS = 10_000;
const GROUPS_OF_EACH = 10;
const MAPPINGS = 100;

const postgres = await startEmbeddedPostgres({
  dataDir: await mkdtemp(join(tmpdir(), "sallyport-group-mappings-")),
  ephemeral: true,
});
await migrate(postgres.url);
const database = openDatabase({ url: postgres.url, poolSize: 5 });
const { sql } = database;
let statements = 0;
let grants = 0;
async function timed<Result>(name: string | undefined, work: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    grants += name?.startsWith("people_group_grants") ? performance.now() - start : 0;
  }
}

const counted: typeof database = {
  ...database,
  transaction: (work) =>
    database.transaction((within) => {
      const counting: Sql = {
        query: (...statement) => {
          statements++;
          return timed(statement[2], () => within.query(...statement));
        },
      };
      return work(counting);
    }),
};
const reconciliation = createReconciliation(counted, { batchesPerTurn: 10_000 });

async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  statements = 0;
  grants = 0;
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  process.stdout.write(
    `${name}: ${ms.toFixed(0)} ms, ${statements} statements, of it reading what groups give ${grants.toFixed(0)} ms\n`,
  );
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
  await sql.query(
    "INSERT INTO roles (id, organization_id, key, name, permissions) VALUES ($1, $3, 'member', 'member', '{}'), ($2, $3, 'admin', 'admin', '{}')",
    [newId(), newId(), organization],
  );
  const groups = Array.from({ length: GROUPS }, () => newId());
  await sql.query(
    `INSERT INTO directory_groups (id, organization_id, directory_id, display_name, display_name_key, resource)
     SELECT id, $1, $2, 'team-' || n || '-people', 'team-' || n || '-people', '{}'
     FROM unnest($3::uuid[]) WITH ORDINALITY AS made (id, n)`,
    [organization, directory, groups],
  );
  const users = Array.from({ length: USERS }, () => newId());
  await sql.query(
    `INSERT INTO directory_users (id, organization_id, directory_id, user_name, user_name_key, resource)
     SELECT id, $1, $2, id::text, id::text, '{}' FROM unnest($3::uuid[]) AS id`,
    [organization, directory, users],
  );
  await sql.query(
    `INSERT INTO directory_group_members (organization_id, group_id, user_id)
     SELECT $1, * FROM unnest($2::uuid[], $3::uuid[])`,
    [
      organization,
      users.flatMap((_, n) =>
        Array.from({ length: GROUPS_OF_EACH }, (_, g) => groups[(n * 7 + g * 1_009) % GROUPS]),
      ),
      users.flatMap((user) => Array.from({ length: GROUPS_OF_EACH }, () => user)),
    ],
  );
  const mark = () =>
    sql.query(
      "INSERT INTO dirty_directory_users (organization_id, directory_user_id) SELECT $1, unnest($2::uuid[])",
      [organization, users],
    );
  const settle = () => reconciliation.settle(organization);
  // As the worker does, which is not run here.
  await sql.query("ANALYZE");
  await mark();
  await measure(`${USERS} users come, no mappings`, settle);
  const kinds = {
    exact: (n: number) => ({ group: `team-${n}-people`, role: "admin" }),
    prefix: (n: number) => ({ group: `team-${n}`, role: "admin", match: "prefix" as const }),
    pattern: (n: number) => ({ group: `*am-*${n}*le`, role: "admin", match: "pattern" as const }),
  };
  for (const [kind, mappingOf] of Object.entries(kinds)) {
    const mappings = Array.from({ length: MAPPINGS }, (_, n) => mappingOf(n));
    await measure(`plan of ${MAPPINGS} ${kind} mappings`, async () => {
      const page = { after: null, limit: 50, counts: null };
      await planMappings(counted, organization, mappings, new Date(), page);
    });
    await database.prisma.$transaction((tx) =>
      replaceGroupMappings(
        { tx, sql: sqlOverPrisma(tx), record: () => undefined },
        organization,
        mappings,
        new Date(),
      ),
    );
    await measure(`their change applied`, settle);
    await sql.query("ANALYZE");
    await mark();
    await measure(`all ${USERS} looked at again`, settle);
  }
} finally {
  await database.close();
  await postgres.stop();
}
