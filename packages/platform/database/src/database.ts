import { PrismaPg } from "@prisma/adapter-pg";
import { outageOf } from "@sallyport/outage";
import type { Pool } from "pg";
import { endPool } from "./end-pool.ts";
import { PrismaClient } from "./generated/client.ts";
import { type ListenHandlers, type Listening, listen } from "./listen.ts";
import { openPool, watchPool } from "./pool.ts";
import { type Sql, sqlOver } from "./sql.ts";

/** Prisma and hand-written SQL over one and the same pool of connections. */
export interface Database {
  readonly prisma: PrismaClient;
  /** Each statement by itself, outside a transaction. */
  readonly sql: Sql;
  readonly pool: Pool;
  /** Runs `work` in one READ COMMITTED transaction: committed when it resolves, rolled back when it throws. */
  transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result>;
  /** Opens a connection beside the pool that hears what is notified on `channel`. */
  listen(channel: string, handlers: ListenHandlers): Promise<Listening>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Most connections held at once. Default 10. */
  readonly poolSize?: number;
  /** How long to wait for a connection, new or of the pool. Default 10 seconds. */
  readonly connectMs?: number;
  /** An idle connection broke (the server restarted, say); the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/**
 * Longer than any of our statements takes, such as the deletion of a directory of hundreds of thousands: what is not
 * answered by then waits for a lock that nobody gives back.
 */
const STATEMENT_MS = 600_000;

/** What a connection that listens asks is answered within milliseconds, or its server is gone. */
const LISTENER_MS = 5_000;

/**
 * What a transaction of a machine that is gone holds is given free within a minute: none of ours waits in the middle for
 * anything but the database. Of the transaction alone, so that it works behind a transaction-pooling proxy.
 */
const BEGIN = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'";

/**
 * Every one of our statements follows keys from row to row, and a prepared one keeps the plan that it was given, maybe while
 * its tables were empty. So the planner is to use indexes even where reading a whole table seems cheaper, to price what
 * they lead to as the memory and SSD reads that they are, and to compile nothing. Which index it takes, it knows by
 * statistics: `analyzeGrownTables`. Behind a transaction-pooling proxy the settings reach some connections only.
 */
const PLANNER = "SET enable_seqscan = off; SET random_page_cost = 1.1; SET jit = off";

/** Opens the pool; connects with the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = openPool(
    {
      connectionString: options.url,
      max: options.poolSize ?? 10,
      application_name: "sallyport",
      query_timeout: STATEMENT_MS,
      onConnect: async (client) => {
        await client.query(PLANNER);
      },
      connectionTimeoutMillis: options.connectMs ?? 10_000,
    },
    options.onIdleError ?? (() => undefined),
  );
  const unwatch = watchPool(pool);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    prisma,
    pool,
    sql: sqlOver(pool),
    transaction: (work) => transaction(pool, work),
    listen: (channel, handlers) =>
      listen(
        {
          connectionString: options.url,
          application_name: "sallyport",
          keepAlive: true,
          query_timeout: LISTENER_MS,
          connectionTimeoutMillis: options.connectMs ?? 10_000,
        },
        channel,
        handlers,
      ),
    close: async () => {
      await prisma.$disconnect();
      await endPool(pool);
      unwatch();
    },
  };
}

async function transaction<Result>(pool: Pool, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(BEGIN);
    const result = await work(sqlOver(client));
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // Over a broken connection no ROLLBACK comes through: its end is the same.
    if (error instanceof Error && outageOf(error)?.server === "PostgreSQL") {
      broken = error;
    } else {
      await client.query("ROLLBACK").catch((rollbackError: Error) => {
        broken = rollbackError;
      });
    }
    throw error;
  } finally {
    client.release(broken);
  }
}
