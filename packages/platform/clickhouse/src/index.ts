/**
 * ClickHouse by its HTTP interface: statements, rows of JSON, and tables that are made and migrated. It knows no table.
 *
 * - `server.ts`: one request, bounded in time and in what is read of its answer
 * - `table.ts`: a table's steps, from none to the newest
 */
export {
  type Clickhouse,
  ClickhouseError,
  type ClickhouseSettings,
  createClickhouse,
  type RequestOptions,
} from "./server.ts";
export { migrateTable, type Table, tableVersion } from "./table.ts";
