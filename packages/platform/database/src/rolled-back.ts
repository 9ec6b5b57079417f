import type { Database } from "./database.ts";
import type { Sql } from "./sql.ts";

/** Runs `work` in a transaction that is rolled back, whatever comes of it: what would be, and nothing of it is. */
export async function rolledBack<Result>(
  { transaction }: Pick<Database, "transaction">,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> {
  const end = new Error("rolled back as was meant");
  let done: { readonly result: Result } | undefined;
  try {
    await transaction(async (sql) => {
      done = { result: await work(sql) };
      throw end;
    });
  } catch (error) {
    if (error === end && done !== undefined) {
      return done.result;
    }
    throw error;
  }
  throw new Error("a transaction that was to be rolled back has committed");
}
