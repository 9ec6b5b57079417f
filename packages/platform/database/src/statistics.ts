import type { Sql } from "./sql.ts";

/** Below it a bad plan costs little, and tables come and go. */
const FEW_ROWS = 100;
/** How many times as many rows as it plans by a table must hold. Each look has every plan for the table made anew. */
const GROWTH = 8;
/** PostgreSQL reads 300 times as many rows of a table: enough to tell keys from columns of few values. */
const DETAIL = 10;

/** For each table, the most rows that it was planned by so far. */
export type PlannedRows = Map<string, number>;

/**
 * Has PostgreSQL look at each of our tables that holds many times the rows by which it plans, or that it never looked at:
 * ANALYZE, upon which every connection makes its plans for that table anew. Autovacuum does so, too, but only once a
 * minute at best: a directory is pushed in less, by plans that were made for no users at all. Any number of processes
 * may call it at once. Resolves to the names of the tables.
 *
 * @param planned is kept from call to call, so that a queue, which fills and empties, is not looked at each time
 */
export async function analyzeGrownTables(sql: Sql, planned: PlannedRows): Promise<string[]> {
  const { rows: tables } = await sql.query<{ name: string; rows: number; planned: number }>(
    `SELECT relname AS name, pg_stat_get_live_tuples(oid)::float8 AS rows, reltuples AS planned FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
     ORDER BY 1`,
    [],
    "database_table_rows",
  );
  for (const table of tables) {
    planned.set(table.name, Math.max(table.planned, planned.get(table.name) ?? 0));
  }
  const names = tables
    .filter(({ name, rows }) => rows > Math.max(FEW_ROWS, GROWTH * (planned.get(name) ?? 0)))
    .map(({ name }) => name);
  if (names.length > 0) {
    const list = names.map((name) => `"${name}"`).join(", ");
    // Where another process is at it already, or somebody alters the table, there is nothing to wait for.
    await sql.query(`SET LOCAL default_statistics_target = ${DETAIL}; ANALYZE (SKIP_LOCKED) ${list}`);
  }
  return names;
}
