import type { Pool, PoolClient, QueryResult, QueryResultRow } from "pg";

/**
 * The one narrow door for hand-written SQL. What takes a `Sql` does not know whether it runs in a
 * transaction, or on the pool.
 */
export interface Sql {
  /**
   * Runs one statement. `name` makes it a prepared statement of that name: use it for fixed texts on hot paths.
   * Errors are node-postgres' `DatabaseError`s.
   */
  query<Row extends QueryResultRow>(
    text: string,
    values?: readonly unknown[],
    name?: string,
  ): Promise<QueryResult<Row>>;
}

/** A `Sql` over a pool (each statement by itself) or over one client (inside its transaction). */
export function sqlOver(target: Pool | PoolClient): Sql {
  return {
    query: (text, values = [], name) =>
      target.query({ text, values: values as unknown[], ...(name === undefined ? {} : { name }) }),
  };
}

/** Whether an error is PostgreSQL's unique violation (23505), by driver or through Prisma. */
export function isUniqueViolation(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return error.code === "23505" || error.code === "P2002";
}
