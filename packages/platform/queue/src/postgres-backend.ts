import { endPool, openPool } from "@sallyport/database";
import type { Logger } from "@sallyport/logging";
import { createPostgresBackend, isPgPool, type PgPool, runMigrations, withBackend } from "bullmq";
import type { Pool } from "pg";
import { JOURNAL, type JobData, noteStoreError, type QueueBackend } from "./backend.ts";

// BullMQ's own name for it: the only one that it accepts together with our own pool.
const SCHEMA = "bullmq";

/** For what asks, beside the workers, of which each listens on one. */
const ASKING = 8;

/** Far longer than any of BullMQ's statements takes: what waits longer waits for a server that hangs. */
const STATEMENT_MS = 30_000;

const { Queue, Worker } = withBackend(createPostgresBackend);

/**
 * BullMQ on the PostgreSQL that holds everything else, in a schema of its own. One pool for all queues and workers of
 * the process; a worker keeps one of its connections for LISTEN. Brings the schema up to date; safe at once in several
 * processes.
 *
 * @param queues how many there are to be
 */
export async function openPostgresBackend(
  databaseUrl: string,
  queues: number,
  log: Logger,
): Promise<QueueBackend> {
  const pool = openPool(
    {
      connectionString: databaseUrl,
      options: `-c search_path=${SCHEMA}`,
      application_name: "sallyport queue",
      max: ASKING + queues,
      connectionTimeoutMillis: 10_000,
      query_timeout: STATEMENT_MS,
    },
    (error) => noteStoreError(log, "PostgreSQL", error),
  );
  pool.setMaxListeners(5 * queues); // each queue and worker listens
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const connection = checkedPool(pool);
  return {
    server: "PostgreSQL",
    queue: (name) => new Queue<JobData, void>(name, { ...JOURNAL, connection }),
    worker: (name, processor, settings) =>
      new Worker<JobData, void>(name, processor, { ...settings, connection }),
    ping: async () => {
      await pool.query("SELECT 1");
    },
    close: () => endPool(pool),
  };
}

// The types of node-postgres and of BullMQ's view of it are too far apart for the compiler.
function checkedPool(pool: unknown): PgPool {
  if (!isPgPool(pool)) {
    throw new TypeError("BullMQ does not take this node-postgres pool");
  }
  return pool;
}

async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release(true); // the migration's session settings end with it
  }
}
