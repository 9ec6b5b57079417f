import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";
import { type JobQueue, noteStoreError, type QueueBackend } from "./backend.ts";
import { createCoalescer } from "./coalesce.ts";
import { addLook, addReconcile, type QueueName } from "./jobs.ts";
import { openPostgresBackend } from "./postgres-backend.ts";
import { openRedisBackend } from "./redis-backend.ts";
import { within } from "./within.ts";
import { startWorkers, type Workers, type WorkHandlers, type WorkOptions } from "./workers.ts";

export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  /** Waiting for a later time: retries and scheduled jobs. */
  readonly delayed: number;
  /** Gave up after all attempts, and kept for a day. */
  readonly failed: number;
}

/** The jobs of this installation. Every job says only "look": it may be lost, doubled or reordered. */
export interface Queues {
  /**
   * Asks for a reconciliation of one organization. Call it after the commit of the change. Never throws, never blocks;
   * calls that come close together become one job. While the store is away it is tried again; the sweep makes up for
   * whatever else fails.
   */
  requestReconcile(organizationId: string): void;
  /** Asks that applications are told of sessions that ended. As `requestReconcile`: after the commit, cheap, safe. */
  requestLogout(): void;
  /** Asks that identity providers' metadata which is due is looked at. Cheap and safe, as the others. */
  requestMetadata(): void;
  /** Resolves when all requests made so far were handed to the store, or failed. */
  flush(): Promise<void>;
  /** Starts this process' workers. */
  work(handlers: WorkHandlers, options?: WorkOptions): Promise<Workers>;
  /** Resolves when the store of the jobs answers; rejects when it does not within two seconds. */
  ping(): Promise<void>;
  counts(): Promise<Record<QueueName, QueueCounts>>;
  /** Hands over what was requested, then closes. Stop the workers first. */
  close(): Promise<void>;
}

export interface QueuesOptions {
  readonly databaseUrl: string;
  /** Keeps the jobs in Redis instead. See `parseRedisUrl` for the forms. */
  readonly redisUrl?: string;
  readonly log: Logger;
}

const WINDOW_MS = 50;
const PING_TIMEOUT_MS = 2_000;

/** Opens the queues on Redis when `redisUrl` is given, else on PostgreSQL. Rejects when the store is out of reach. */
export async function openQueues(options: QueuesOptions): Promise<Queues> {
  const { log, redisUrl, databaseUrl } = options;
  const backend =
    redisUrl === undefined
      ? await openPostgresBackend(databaseUrl, log)
      : await openRedisBackend(redisUrl, log);
  const queues = {
    reconcile: openQueue(backend, "reconcile", log),
    logout: openQueue(backend, "logout", log),
    metadata: openQueue(backend, "metadata", log),
    maintenance: openQueue(backend, "maintenance", log),
  };
  try {
    await Promise.all(Object.values(queues).map((queue) => queue.waitUntilReady()));
  } catch (error) {
    await Promise.allSettled(Object.values(queues).map((queue) => queue.close()));
    await backend.close();
    throw error;
  }

  /** Whether it is worth another try: the sweep makes up for the rest. */
  const noteMissed = (error: unknown, context: object): boolean => {
    const outage = outageOf(error, backend.server);
    if (outage !== undefined) reportOutage(log, outage, context);
    else log.warn({ ...context, error: messageOf(error) }, "A job was not queued; the sweep will");
    return outage !== undefined;
  };
  const reconcile = createCoalescer<string>({
    windowMs: WINDOW_MS,
    send: (organizationId) => addReconcile(queues.reconcile, organizationId),
    onError: (error, organizationId) => noteMissed(error, { queue: "reconcile", organizationId }),
  });
  const looks = createCoalescer<"logout" | "metadata">({
    windowMs: WINDOW_MS,
    send: (name) => addLook(queues[name], name),
    onError: (error, queue) => noteMissed(error, { queue }),
  });
  const flush = async () => {
    await Promise.all([reconcile.flush(), looks.flush()]);
  };

  return {
    requestReconcile: (organizationId) => reconcile.request(organizationId),
    requestLogout: () => looks.request("logout"),
    requestMetadata: () => looks.request("metadata"),
    flush,
    work: (handlers, workOptions = {}) => startWorkers(backend, queues, handlers, workOptions, log),
    ping: () => within(backend.server, PING_TIMEOUT_MS, backend.ping()),
    counts: async () => ({
      reconcile: await countsOf(queues.reconcile),
      logout: await countsOf(queues.logout),
      metadata: await countsOf(queues.metadata),
      maintenance: await countsOf(queues.maintenance),
    }),
    close: async () => {
      await flush();
      await Promise.all(Object.values(queues).map((queue) => queue.close()));
      await backend.close();
    },
  };
}

function openQueue(backend: QueueBackend, name: QueueName, log: Logger): JobQueue {
  const queue = backend.queue(name);
  queue.on("error", (error) => noteStoreError(log, backend.server, error, { queue: name }));
  return queue;
}

async function countsOf(queue: JobQueue): Promise<QueueCounts> {
  const counts = await queue.getJobCounts("waiting", "active", "delayed", "failed");
  const of = (state: string) => counts[state] ?? 0;
  return { waiting: of("waiting"), active: of("active"), delayed: of("delayed"), failed: of("failed") };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
