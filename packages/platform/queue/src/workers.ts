import type { Logger } from "@sallyport/logging";
import { type Outage, onceAvailable, outageOf, reportOutage } from "@sallyport/outage";
import {
  type JobQueue,
  type JobWorker,
  noteStoreError,
  type Processor,
  type QueueBackend,
} from "./backend.ts";
import type { JobDeclaration } from "./declaration.ts";
import { addJob, type OpenQueue, scheduleJob } from "./jobs.ts";
import { within } from "./within.ts";

/** What differs from the declarations, in this process. */
export interface WorkOptions {
  /** By the queue's name. */
  readonly concurrency?: Readonly<Record<string, number>>;
  /** Of schedules, by the job's name. */
  readonly everyMs?: Readonly<Record<string, number>>;
  /** How long a job of a process that died is out of reach; then another takes it. Default 10 seconds. */
  readonly lockMs?: number;
}

const AWAY_MS = 2_000;

export interface Workers {
  /** Takes no new job, and resolves when the active ones have finished. */
  stop(): Promise<void>;
}

/** Starts one worker per queue, and the schedules; a schedule that another process made is the same one. */
export async function startWorkers<Services>(
  backend: QueueBackend,
  queues: readonly OpenQueue<Services>[],
  services: Services,
  options: WorkOptions,
  log: Logger,
): Promise<Workers> {
  const lockMs = options.lockMs ?? 10_000;
  const stopping = new AbortController();
  const { signal } = stopping;
  // A job goes on by itself when the server is back that it met away; given up, it would wait for the next sweep.
  const patient = (processor: Processor, queue: string): Processor => {
    const onOutage = (outage: Outage) => reportOutage(log, outage, { queue });
    return (job) => onceAvailable(() => processor(job), { signal, onOutage });
  };
  const workers = queues.map((queue) => {
    const { name, jobs } = queue;
    const worker = backend.worker(name, patient(processorOf(queue, services, signal), name), {
      concurrency: options.concurrency?.[name] ?? Math.max(...jobs.map((job) => job.concurrency ?? 1)),
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      runRetryDelay: 500, // work goes on within a second of the store's return
      maxStalledCount: 1_000, // our jobs never cause the death of their process
    });
    logFailures(worker, name, backend, log);
    return worker;
  });
  const stop = async () => {
    stopping.abort();
    for (const worker of workers) {
      void worker.pause(true); // takes nothing new meanwhile
    }
    // To a store that is away nobody can say goodbye, nor that a job is done: it is looked at again when it is back.
    const isAway = await within(backend.server, AWAY_MS, backend.ping()).then(
      () => false,
      () => true,
    );
    await Promise.all(workers.map((worker) => worker.close(isAway)));
  };
  try {
    await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    for (const { queue, jobs } of queues) {
      for (const job of jobs) {
        await startSchedule(queue, job, options);
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

async function startSchedule(
  queue: JobQueue,
  job: JobDeclaration<never>,
  options: WorkOptions,
): Promise<void> {
  if ("key" in job || job.schedule === undefined) {
    return;
  }
  const { everyMs, atStart = false } = job.schedule;
  await scheduleJob(queue, job, options.everyMs?.[job.name] ?? everyMs);
  if (atStart) {
    await addJob(queue, job, undefined);
  }
}

function processorOf<Services>(
  { name, queue, jobs }: OpenQueue<Services>,
  services: Services,
  signal: AbortSignal,
): Processor {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  return async (stored) => {
    const job = byName.get(stored.name);
    if (job === undefined) {
      throw new Error(`No job of the queue ${name} is called ${stored.name}`);
    }
    if (!("key" in job)) {
      return job.run(services, signal);
    }
    const key = stored.data[job.key];
    if (key === undefined) {
      throw new Error(`A job ${job.name} has no ${job.key}`);
    }
    // Added while this job is active, so it goes to the end of the queue: others come first.
    if ((await job.run(services, key, signal)) === "more") {
      await addJob(queue, job, key);
    }
  };
}

function logFailures(worker: JobWorker, queue: string, { server }: QueueBackend, log: Logger): void {
  worker.on("error", (error) => noteStoreError(log, server, error, { queue }));
  worker.on("stalled", (jobId) => log.warn({ queue, jobId }, "A job's worker died; the job starts again"));
  worker.on("failed", (job, error) => {
    const outage = outageOf(error);
    if (outage !== undefined) {
      return reportOutage(log, outage, { queue });
    }
    log.error(
      {
        ...job?.data,
        queue,
        job: job?.name,
        attempt: job?.attemptsMade,
        error: { message: error.message, stack: error.stack },
      },
      "Job failed",
    );
  });
}
