/**
 * What the audit trail costs at 10,000,000 events: every query of the console, sealing and verifying a million, and an insert
 * with and without what the trail adds; beside it the same table in monthly partitions. Prints milliseconds.
 * Run: npx tsx --conditions=source test/bench/audit-trail.ts [rows]
 */

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAuditKeys, sealTrails, verifyTrails } from "@sallyport/audit-trail";
import { migrate, newId, openDatabase } from "@sallyport/database";
import { startEmbeddedPostgres } from "@sallyport/embedded-postgres";
import { eventsStatement } from "@sallyport/events";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import type { AuditQuery } from "../../apps/management/src/resources/audit-events/schema.ts";
import { listAuditEvents } from "../../apps/management/src/resources/audit-events/store.ts";

const ROWS = Number(process.argv[2] ?? 10_000_000);
/** Its trail is sealed and verified. */
const SEALED = Math.min(1_000_000, ROWS / 10);
const MONTHS = 36;

const postgres = await startEmbeddedPostgres({
  dataDir: await mkdtemp(join(tmpdir(), "sallyport-audit-trail-")),
  ephemeral: true,
  settings: {
    fsync: "off",
    shared_buffers: "512MB",
    maintenance_work_mem: "512MB",
    max_wal_size: "8GB",
    autovacuum: "off",
  },
});
await migrate(postgres.url);
const database = openDatabase({ url: postgres.url, poolSize: 4 });
const { sql } = database;
const say = (text: string) => void process.stdout.write(`${text}\n`);

async function timed(name: string, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  say(`${name}: ${ms.toFixed(ms < 100 ? 1 : 0)} ms`);
  return ms;
}

const [big, sealed, other] = [newId(), newId(), newId()];

/** 60 of 100 events are those of one organization; a tenth, of the one that is sealed. */
async function seed(): Promise<void> {
  for (const [index, id] of [big, sealed, other].entries()) {
    await sql.query("INSERT INTO organizations (id, slug, name, updated_at) VALUES ($1, $2, $2, now())", [
      id,
      `organization-${index}`,
    ]);
  }
  const { rows: indexes } = await sql.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename IN ('events', 'outbox') AND indexname NOT LIKE '%pkey'`,
  );
  for (const { name } of indexes) {
    await sql.query(`DROP INDEX "${name}"`);
  }
  await sql.query("ALTER TABLE events DROP CONSTRAINT events_organization_id_fkey");
  const STEP = 500_000;
  for (let from = 1; from <= ROWS; from += STEP) {
    await sql.query(
      `INSERT INTO events (id, created_at, organization_id, type, actor_type, actor_id, resource_type, resource_id, outcome,
         request_id, ip, before, after, data, transaction)
       SELECT uuidv7(age), now() + age, CASE WHEN n % 10 < 6 THEN $1::uuid WHEN n % 10 < 7 THEN $2::uuid ELSE $3::uuid END,
         CASE WHEN n % 100000 = 5 THEN 'organization.updated' WHEN n % 10 < 5 THEN 'sign_in.succeeded' WHEN n % 50 = 9
              THEN 'sign_in.failed' ELSE 'membership.created' END,
         CASE WHEN n % 100000 = 5 THEN 'operator' WHEN n % 1000 = 5 THEN 'apiKey' WHEN n % 2 = 0 THEN 'user' ELSE 'directory' END,
         CASE WHEN n % 100000 = 5 THEN NULL WHEN n % 1000 = 5 THEN 'key' WHEN n % 2 = 0 THEN 'user-' || n % 20000 ELSE 'okta' END,
         'membership', 'resource-' || n % 200000, CASE WHEN n % 50 = 9 THEN 'failure' ELSE 'success' END,
         gen_random_uuid()::text, '192.0.2.' || n % 250, NULL, jsonb_build_object('status', 'active', 'email', n || '@acme.example'),
         jsonb_build_object('connectionId', gen_random_uuid()), '3'
       FROM (SELECT n, ((n - $6::bigint)::float8 / $6::bigint) * interval '365 days' AS age FROM generate_series($4::bigint, $5::bigint) AS n) AS numbers`,
      [big, sealed, other, from, Math.min(ROWS, from + STEP - 1), ROWS],
    );
  }
  await sql.query(
    `INSERT INTO outbox (position, organization_id, sequence, event_id)
     SELECT serial, organization_id, row_number() OVER (PARTITION BY organization_id ORDER BY serial), id FROM events ORDER BY serial`,
  );
  // The others are as if they were sealed already.
  await sql.query(
    "INSERT INTO outbox_sequences SELECT organization_id, count(*) FROM outbox WHERE organization_id = $1 GROUP BY 1",
    [sealed],
  );
  await sql.query(
    "UPDATE outbox_state SET position = (SELECT max(position) FROM outbox), snapshot = pg_current_snapshot()",
  );
  for (const { definition } of indexes) {
    await sql.query(definition);
  }
  await sql.query("VACUUM ANALYZE events");
  await sql.query("VACUUM ANALYZE outbox");
}

const page = { limit: 50 };
const context = { deps: { database } } as unknown as Parameters<typeof listAuditEvents>[0];
const month = (n: number) => new Date(Date.now() - n * 30 * 86_400_000);

/** What the console's page asks, the rare and the usual, and what finds nothing. */
const QUERIES: Readonly<Record<string, AuditQuery>> = {
  "the newest": page,
  "of a time": { ...page, since: month(8), until: month(7) },
  "of a rare type": { ...page, type: "organization.updated" },
  "of a usual type": { ...page, type: "sign_in.succeeded" },
  "of a type that there is not": { ...page, type: "role.deleted" },
  "by a rare type of actor": { ...page, actor: "operator" },
  "by a type of actor that there is not": { ...page, actor: "setupLink" },
  "by one person": { ...page, actor: "user-1004" },
  "by a directory, which did half of all": { ...page, actor: "okta" },
  "by nobody": { ...page, actor: "nobody" },
  "of one resource": { ...page, resource: "resource-1003" },
  "that failed": { ...page, outcome: "failure" },
  "that were denied": { ...page, outcome: "denied" },
  "of one request": { ...page, requestId: "none" },
  "of a rare type by a directory": { ...page, type: "organization.updated", actor: "okta" },
  "of a usual type by one person, in a month": {
    ...page,
    type: "membership.created",
    actor: "user-1004",
    since: month(8),
    until: month(7),
  },
  "failures by one person": { ...page, outcome: "failure", actor: "user-1004" },
  "of a resource by a person": { ...page, resource: "resource-1004", actor: "user-1004" },
};

async function queries(): Promise<void> {
  await listAuditEvents(context, other, page); // Prisma starts with its first query
  let slowest = 0;
  for (const [name, query] of Object.entries(QUERIES)) {
    const ms = await timed(`  events ${name}`, () => listAuditEvents(context, big, query));
    slowest = Math.max(slowest, ms);
  }
  let cursor: string | null = null;
  await timed("  export: 100 pages of 100", async () => {
    const { pageQuery } = await import("../../apps/management/src/api/page.ts");
    for (let n = 0; n < 100; n++) {
      const at = pageQuery.parse({ limit: "100", ...(cursor === null ? {} : { cursor }) });
      cursor = (await listAuditEvents(context, big, at)).nextCursor;
    }
  });
  say(`  slowest query: ${slowest.toFixed(1)} ms`);
}

/** One event after the other, as a request records it. In microseconds, the quickest of rounds: others use this machine, too. */
async function insertCost(): Promise<number> {
  const { text, values } = eventsStatement([
    {
      organizationId: big,
      type: "role.updated",
      actor: { type: "apiKey", id: "key" },
      resource: { type: "role", id: newId() },
      before: { name: "Editor" },
      after: { name: "Writer" },
      data: { key: "editor" },
      requestId: newId(),
      ip: "192.0.2.1",
    },
  ]);
  const COUNT = 2_000;
  const rounds: number[] = [];
  for (let round = 0; round < 15; round++) {
    await database.transaction(async (inside) => {
      const start = performance.now();
      for (let n = 0; n < COUNT; n++) {
        await inside.query(
          text,
          [String(values[0]).replace(/"id":"[^"]+"/, `"id":"${newId()}"`)],
          "bench_insert",
        );
      }
      rounds.push(((performance.now() - start) / COUNT) * 1_000);
    });
  }
  return Math.min(...rounds);
}

async function inserts(): Promise<void> {
  const withAll = await insertCost();
  const { rows } = await sql.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE tablename = 'events'
       AND indexname NOT IN ('events_pkey', 'events_organization_id_created_at_id_idx', 'events_transaction_idx')`,
  );
  for (const { name } of rows) {
    await sql.query(`DROP INDEX "${name}"`);
  }
  await sql.query("ALTER TABLE events ALTER COLUMN salt DROP DEFAULT");
  const without = await insertCost();
  say(
    `  one event: ${withAll.toFixed(0)} µs with the trail's indexes and salt, ${without.toFixed(0)} µs without`,
  );
  // The same rows by month of their ids, in as many partitions as three years have.
  await sql.query(
    "CREATE TABLE by_month (LIKE events INCLUDING DEFAULTS, PRIMARY KEY (id)) PARTITION BY RANGE (id)",
  );
  await sql.query(
    `CREATE INDEX ON by_month (organization_id, created_at, id); CREATE INDEX ON by_month (transaction);
     CREATE FUNCTION first_of(n int) RETURNS uuid LANGUAGE sql AS $$
       SELECT (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-7000-8000-000000000000')::uuid
       FROM (SELECT lpad(to_hex((extract(epoch FROM date_trunc('month', now()) - n * interval '1 month') * 1000)::bigint), 12, '0') AS h) AS hex $$`,
  );
  for (let n = -1; n < MONTHS; n++) {
    const { rows: bounds } = await sql.query<{ from: string; to: string }>(
      `SELECT first_of($1::int) AS from, first_of($1::int - 1) AS to`,
      [n],
    );
    await sql.query(
      `CREATE TABLE by_month_${n + 1} PARTITION OF by_month FOR VALUES FROM ('${bounds[0]?.from}') TO ('${bounds[0]?.to}')`,
    );
  }
  await sql.query(
    "INSERT INTO by_month SELECT * FROM events WHERE id > first_of(30) ORDER BY id LIMIT 1000000",
  );
  await sql.query("VACUUM ANALYZE by_month");
  const fill =
    "SELECT id FROM $t WHERE transaction >= '900000000' AND NOT pg_visible_in_snapshot(transaction, pg_current_snapshot())";
  const join =
    "SELECT o.sequence, e.* FROM outbox o LEFT JOIN $t e ON e.id = o.event_id WHERE o.organization_id = $1 AND o.sequence BETWEEN 1 AND 1000";
  const list = "SELECT * FROM $t WHERE organization_id = $1 ORDER BY created_at DESC, id DESC LIMIT 51";
  const median = async (text: string, values: unknown[], name: string) => {
    const times: number[] = [];
    for (let n = 0; n < 101; n++) {
      const start = performance.now();
      await sql.query(text, values, name);
      times.push(performance.now() - start);
    }
    return (times.toSorted((one, two) => one - two)[50] ?? 0).toFixed(2);
  };
  for (const [name, text, values] of [
    ["the outbox's look for new events", fill, []],
    ["a page of 1,000 entries of the outbox", join, [sealed]],
    ["a page of the list", list, [big]],
  ] as const) {
    const one = await median(text.replace("$t", "events"), [...values], `one ${name}`);
    const parts = await median(text.replace("$t", "by_month"), [...values], `parts ${name}`);
    say(`  ${name}: ${one} ms in one table, ${parts} ms in ${MONTHS + 1} partitions`);
  }
  await sql.query("ALTER TABLE events RENAME TO events_whole; ALTER TABLE by_month RENAME TO events");
  say(
    `  one event: ${without.toFixed(0)} µs into one table, ${(await insertCost()).toFixed(0)} µs into ${MONTHS + 1} partitions`,
  );
}

try {
  await timed(`${ROWS} events seeded`, seed);
  const { rows } = await sql.query<{ size: string; indexes: string }>(
    "SELECT pg_size_pretty(pg_table_size('events')) AS size, pg_size_pretty(pg_indexes_size('events')) AS indexes",
  );
  say(`events: ${rows[0]?.size}, its indexes ${rows[0]?.indexes}`);
  await queries();
  const secrets = createSecretBox([newEncryptionKey()]);
  const onFailure = (_id: string | null, error: unknown) => {
    throw error;
  };
  await timed(`${SEALED} events sealed`, () =>
    sealTrails({ database, secrets, now: () => new Date(), onFailure }),
  );
  await timed(`${SEALED} events verified`, async () => {
    const keys = await loadAuditKeys(sql, secrets);
    for await (const report of verifyTrails({ sql, keys, organizationId: sealed })) {
      say(
        `  intact: ${report.intact}, ${report.verified} events, ${report.seals} seals${report.problems[0]?.message ?? ""}`,
      );
    }
  });
  await inserts();
} finally {
  await database.close();
  await postgres.stop();
}
