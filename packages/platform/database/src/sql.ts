import type { ClientBase, Pool, QueryResult, QueryResultRow } from "pg";
import type { Prisma } from "./generated/client.ts";

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
  ): Promise<SqlResult<Row>>;
}

/** `rowCount`: how many rows were returned or changed; null where that is not known. */
export type SqlResult<Row extends QueryResultRow> = Pick<QueryResult<Row>, "rows" | "rowCount">;

/** A `Sql` over a pool (each statement by itself) or over one client (inside its transaction). */
export function sqlOver(target: Pool | ClientBase): Sql {
  return {
    query: (text, values = [], name) =>
      target.query({ text, values: values as unknown[], ...(name === undefined ? {} : { name }) }),
  };
}

/**
 * A `Sql` inside a transaction of Prisma's, for code that writes through Prisma and record audit events or revoke
 * sessions with it. Prisma tells no row count, and its errors are its own (P2010).
 */
export function sqlOverPrisma(transaction: Prisma.TransactionClient): Sql {
  return {
    query: async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) => ({
      rows: await transaction.$queryRawUnsafe<Row[]>(text, ...values),
      rowCount: null,
    }),
  };
}

/**
 * Whether an error is PostgreSQL's unique violation (23505), by driver or through Prisma; of one `constraint`, where
 * one is named, by driver only.
 */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (typeof error !== "object" || error === null || !("code" in error)) {
    return false;
  }
  if (constraint !== undefined) {
    return error.code === "23505" && "constraint" in error && error.constraint === constraint;
  }
  return error.code === "23505" || error.code === "P2002" || stateOfRawQuery(error) === "23505";
}

/** PostgreSQL's code of what failed in a raw query of Prisma's, which is the error's cause's cause. */
function stateOfRawQuery(error: object): unknown {
  const within = ["meta", "driverAdapterError", "cause", "originalCode"];
  return within.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    error,
  );
}
