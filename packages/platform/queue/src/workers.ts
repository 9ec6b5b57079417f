import type { Logger } from "@sallyport/logging";
import { type Outage, onceAvailable, outageOf, reportOutage } from "@sallyport/outage";
import {
  type JobQueue,
  type JobWorker,
  noteStoreError,
  type Processor,
  type QueueBackend,
} from "./backend.ts";
import {
  addMaintenance,
  addReconcile,
  type Maintenance,
  type QueueName,
  scheduleMaintenance,
} from "./jobs.ts";
import { within } from "./within.ts";

/** What the jobs do. Each must bear being called twice, at once elsewhere, or late. A rejection is retried. */
export interface WorkHandlers {
  /** Reconciles one organization; "more" when it stopped for the sake of others before all was done. */
  reconcile(organizationId: string): Promise<"done" | "more">;
  /** Tells applications of sessions that ended. */
  logout(): Promise<void>;
  /** Looks at identity providers' metadata that is due. */
  metadata(): Promise<void>;
  /** Finds what was missed. */
  sweep(): Promise<void>;
  /** Deletes what is no longer needed. */
  purge(): Promise<void>;
  /** Announces certificates that end soon. */
  expiry(): Promise<void>;
  /** Seals under the newest encryption key what is sealed under an older one. */
  reseal(): Promise<void>;
}

export interface WorkOptions {
  /** Organizations that this process reconciles side by side. Default 4. */
  readonly concurrency?: number;
  /** Default 30 seconds. */
  readonly sweepEveryMs?: number;
  /** Default one hour. */
  readonly purgeEveryMs?: number;
  /** Default one hour. */
  readonly expiryEveryMs?: number;
  /** Default one hour, and with each start: a key ring changes with a restart. */
  readonly resealEveryMs?: number;
  /** How long a job of a process that died is out of reach; then another takes it. Default 10 seconds. */
  readonly lockMs?: number;
}

const HOUR_MS = 3_600_000;
const AWAY_MS = 2_000;

export interface Workers {
  /** Takes no new job, and resolves when the active ones have finished. */
  stop(): Promise<void>;
}

/** Starts one worker per queue, and the schedules; a schedule that another process made is the same one. */
export async function startWorkers(
  backend: QueueBackend,
  queues: Record<QueueName, JobQueue>,
  handlers: WorkHandlers,
  options: WorkOptions,
  log: Logger,
): Promise<Workers> {
  const lockMs = options.lockMs ?? 10_000;
  const stopping = new AbortController();
  // A job goes on by itself when the server is back that it met away; given up, it would wait for the next sweep.
  const patient = (processor: Processor, queue: QueueName): Processor => {
    const onOutage = (outage: Outage) => reportOutage(log, outage, { queue });
    return (job) => onceAvailable(() => processor(job), { signal: stopping.signal, onOutage });
  };
  const start = (name: QueueName, processor: Processor, concurrency: number): JobWorker => {
    const worker = backend.worker(name, patient(processor, name), {
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      runRetryDelay: 500, // work goes on within a second of the store's return
      maxStalledCount: 1_000, // a job of ours is never to blame for the death of its process
    });
    logFailures(worker, name, backend, log);
    return worker;
  };
  const workers = [
    start("reconcile", reconcileProcessor(queues.reconcile, handlers), options.concurrency ?? 4),
    start("logout", () => handlers.logout(), 1),
    start("metadata", () => handlers.metadata(), 1),
    start("maintenance", (job) => handlers[maintenanceOf(job.name)](), 1),
  ];
  const stop = async () => {
    stopping.abort();
    for (const worker of workers) void worker.pause(true); // takes nothing new meanwhile
    // To a store that is away nobody can say goodbye, nor that a job is done: it is looked at again when it is back.
    const isAway = await within(backend.server, AWAY_MS, backend.ping()).then(
      () => false,
      () => true,
    );
    await Promise.all(workers.map((worker) => worker.close(isAway)));
  };
  try {
    await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    await scheduleMaintenance(queues.maintenance, "sweep", options.sweepEveryMs ?? 30_000);
    await scheduleMaintenance(queues.maintenance, "purge", options.purgeEveryMs ?? HOUR_MS);
    await scheduleMaintenance(queues.maintenance, "expiry", options.expiryEveryMs ?? HOUR_MS);
    await scheduleMaintenance(queues.maintenance, "reseal", options.resealEveryMs ?? HOUR_MS);
    await addMaintenance(queues.maintenance, "reseal");
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

function maintenanceOf(job: string): Maintenance {
  if (job === "sweep" || job === "purge" || job === "expiry" || job === "reseal") return job;
  throw new Error(`There is no maintenance called ${job}`);
}

function reconcileProcessor(queue: JobQueue, handlers: WorkHandlers): Processor {
  return async (job) => {
    const { organizationId } = job.data;
    if (organizationId === undefined) throw new Error("A reconcile job names no organization");
    // Added while this job is active, so it goes to the end of the queue: other organizations come first.
    if ((await handlers.reconcile(organizationId)) === "more") await addReconcile(queue, organizationId);
  };
}

function logFailures(worker: JobWorker, queue: QueueName, { server }: QueueBackend, log: Logger): void {
  worker.on("error", (error) => noteStoreError(log, server, error, { queue }));
  worker.on("stalled", (jobId) => log.warn({ queue, jobId }, "A job's worker died; the job starts again"));
  worker.on("failed", (job, error) => {
    const outage = outageOf(error);
    if (outage !== undefined) return reportOutage(log, outage, { queue });
    log.error(
      {
        queue,
        job: job?.name,
        organizationId: job?.data.organizationId,
        attempt: job?.attemptsMade,
        error: { message: error.message, stack: error.stack },
      },
      "Job failed",
    );
  });
}
