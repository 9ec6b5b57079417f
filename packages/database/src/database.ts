import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import { endPool } from "./end-pool.ts";
import { PrismaClient } from "./generated/client.ts";
import { type Sql, sqlOver } from "./sql.ts";

/** Prisma and hand-written SQL over one and the same pool of connections. */
export interface Database {
  readonly prisma: PrismaClient;
  /** Each statement by itself, outside a transaction. */
  readonly sql: Sql;
  readonly pool: Pool;
  /** Runs `work` in one READ COMMITTED transaction: committed when it resolves, rolled back when it throws. */
  transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Most connections held at once. Default 10. */
  readonly poolSize?: number;
  /** An idle connection broke (the server restarted, say); the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/** Opens the pool; connects with the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolSize ?? 10,
    application_name: "sallyport",
    connectionTimeoutMillis: 10_000,
  });
  // Without a listener an idle client's error would end the process.
  pool.on("error", options.onIdleError ?? (() => undefined));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    prisma,
    pool,
    sql: sqlOver(pool),
    transaction: (work) => transaction(pool, work),
    close: async () => {
      await prisma.$disconnect();
      await endPool(pool);
    },
  };
}

async function transaction<Result>(pool: Pool, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(sqlOver(client));
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
