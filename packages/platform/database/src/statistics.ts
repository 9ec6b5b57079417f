import type { Sql } from "./sql.ts";

/** Below it a bad plan costs little, and tables come and go. */
const FEW_ROWS = 50;

/**
 * Has PostgreSQL look at each of our tables that holds twice the rows by which it plans, or that it never looked at:
 * ANALYZE, upon which every connection makes its plans for that table anew. Autovacuum does so, too, but only once a
 * minute at best: a directory is pushed in less, by plans that were made for no users at all. Any number of processes
 * may call it at once. Resolves to the names of the tables.
 */
export async function analyzeGrownTables(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
       AND pg_stat_get_live_tuples(oid) > 2 * greatest(reltuples, $1)
     ORDER BY 1`,
    [FEW_ROWS],
    "database_grown_tables",
  );
  const names = rows.map(({ name }) => name);
  if (names.length > 0) {
    // Where another process is at it already, or somebody alters the table, there is nothing to wait for.
    await sql.query(`ANALYZE (SKIP_LOCKED) ${names.map((name) => `"${name}"`).join(", ")}`);
  }
  return names;
}
