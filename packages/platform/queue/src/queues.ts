import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";
import { type JobQueue, noteStoreError, type QueueBackend } from "./backend.ts";
import { type Coalescer, createCoalescer } from "./coalesce.ts";
import { byQueue, type Job, type JobDeclaration, type KeyedJob } from "./declaration.ts";
import { type FailedJob, failedJobs, retryFailedJobs } from "./failures.ts";
import { addJob, dataOf, type OpenQueue } from "./jobs.ts";
import { openPostgresBackend } from "./postgres-backend.ts";
import { openRedisBackend } from "./redis-backend.ts";
import { within } from "./within.ts";
import { startWorkers, type Workers, type WorkOptions } from "./workers.ts";

export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  /** Waiting for a later time: retries and scheduled jobs. */
  readonly delayed: number;
  /** Gave up after all attempts, and kept for a day. */
  readonly failed: number;
}

/** The jobs of this installation, as they were declared. */
export interface Queues<Services> {
  /**
   * Asks for a job. Call it after the commit of the change. Never blocks, and throws only for a job that was not declared;
   * calls that come close together become one job. While the store is away it is tried again; the sweep makes up for
   * whatever else fails.
   */
  readonly request: (job: Job<never>) => void;
  /** As `request`, for one thing of many. */
  readonly requestFor: (job: KeyedJob<never>, key: string) => void;
  /** Resolves when all requests made so far were handed to the store, or failed. */
  flush(): Promise<void>;
  /** Starts this process' workers. */
  readonly work: (services: Services, options?: WorkOptions) => Promise<Workers>;
  /** Resolves when the store of the jobs answers; rejects when it does not within two seconds. */
  ping(): Promise<void>;
  /** By the queues' names. */
  counts(): Promise<Readonly<Record<string, QueueCounts>>>;
  /** The last jobs of each queue that gave up. */
  failures(): Promise<readonly FailedJob[]>;
  /** Has the failed jobs of a queue done again. Resolves to how many; null where there is no such queue. */
  retry(queue: string): Promise<number | null>;
  /** Hands over what was requested, then closes. Stop the workers first. */
  close(): Promise<void>;
}

export interface QueuesOptions<Services> {
  /** All of them, whether this process does them or only asks for them. */
  readonly jobs: readonly JobDeclaration<Services>[];
  readonly databaseUrl: string;
  /** Keeps the jobs in Redis instead. See `parseRedisUrl` for the forms. */
  readonly redisUrl?: string;
  readonly log: Logger;
}

const WINDOW_MS = 50;
const PING_TIMEOUT_MS = 2_000;
/** Of a job without a key. */
const NO_KEY = "";

/** Opens the queues on Redis when `redisUrl` is given, else on PostgreSQL. Rejects when the store is out of reach. */
export async function openQueues<Services>(options: QueuesOptions<Services>): Promise<Queues<Services>> {
  const { log, redisUrl, databaseUrl, jobs } = options;
  const declared = byQueue(jobs);
  const backend =
    redisUrl === undefined
      ? await openPostgresBackend(databaseUrl, declared.size, log)
      : await openRedisBackend(redisUrl, log);
  const queues = [...declared].map(
    ([name, ofQueue]): OpenQueue<Services> => ({
      name,
      queue: openQueue(backend, name, log),
      jobs: ofQueue,
    }),
  );
  try {
    await Promise.all(queues.map(({ queue }) => queue.waitUntilReady()));
  } catch (error) {
    await Promise.allSettled(queues.map(({ queue }) => queue.close()));
    await backend.close();
    throw error;
  }

  /** Whether it is worth another try: the sweep makes up for the rest. */
  const noteMissed = (error: unknown, context: object): boolean => {
    const outage = outageOf(error, backend.server);
    if (outage !== undefined) {
      reportOutage(log, outage, context);
    } else {
      log.warn({ ...context, error: messageOf(error) }, "A job was not queued; the sweep will");
    }
    return outage !== undefined;
  };
  const coalescers = new Map<string, Coalescer<string>>();
  for (const { name: queueName, queue, jobs: ofQueue } of queues) {
    for (const job of ofQueue) {
      const keyOf = (key: string) => (key === NO_KEY ? undefined : key);
      const coalescer = createCoalescer<string>({
        windowMs: WINDOW_MS,
        send: (key) => addJob(queue, job, keyOf(key)),
        onError: (error, key) => noteMissed(error, { ...dataOf(job, keyOf(key)), queue: queueName }),
      });
      coalescers.set(job.name, coalescer);
    }
  }
  const request = (job: JobDeclaration<never>, key: string) => {
    const coalescer = coalescers.get(job.name);
    if (coalescer === undefined) {
      throw new TypeError(`No job is declared as ${job.name}`);
    }
    coalescer.request(key);
  };
  const flush = async () => {
    await Promise.all([...coalescers.values()].map((coalescer) => coalescer.flush()));
  };

  return {
    request: (job) => request(job, NO_KEY),
    requestFor: request,
    flush,
    work: (services, workOptions = {}) => startWorkers(backend, queues, services, workOptions, log),
    ping: () => within(backend.server, PING_TIMEOUT_MS, backend.ping()),
    counts: async () => {
      const counts = queues.map(async ({ name, queue }) => [name, await countsOf(queue)] as const);
      return Object.fromEntries(await Promise.all(counts));
    },
    failures: () => failedJobs(queues),
    retry: (name) => retryFailedJobs(queues, name),
    close: async () => {
      await flush();
      await Promise.all(queues.map(({ queue }) => queue.close()));
      await backend.close();
    },
  };
}

function openQueue(backend: QueueBackend, name: string, log: Logger): JobQueue {
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
