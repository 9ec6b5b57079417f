import type { Pool, PoolClient } from "pg";

/** Names of the prepared statements, and texts of the others, that ran over the pool while `work` did, in their order. */
export async function statementsOf(pool: Pool, work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const heard = new Set<PoolClient>();
  const hear = (client: PoolClient) => {
    if (heard.has(client)) {
      return;
    }
    heard.add(client);
    const { query } = client;
    const value = (...values: unknown[]) => {
      statements.push(nameOf(values[0]));
      return Reflect.apply(query, client, values);
    };
    Object.defineProperty(client, "query", { configurable: true, value });
  };
  pool.on("acquire", hear);
  try {
    await work();
    return statements;
  } finally {
    pool.off("acquire", hear);
    for (const client of heard) {
      Reflect.deleteProperty(client, "query"); // that of its class is back
    }
  }
}

function nameOf(statement: unknown): string {
  if (typeof statement !== "object" || statement === null) {
    return String(statement);
  }
  return String(("name" in statement && statement.name) || ("text" in statement && statement.text));
}
