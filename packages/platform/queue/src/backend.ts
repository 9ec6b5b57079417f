import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage, type Server } from "@sallyport/outage";
import type { Job, JobsOptions, Queue, WorkerOptions } from "bullmq";

/** What a job carries: never more than which thing to look at. */
export type JobData = Readonly<Record<string, string>>;

/** The part of a BullMQ queue that is used here, alike on every backend. */
export type JobQueue = Pick<Queue<JobData>, "close" | "getFailed" | "getJobCounts" | "waitUntilReady"> & {
  add(name: string, data: JobData, options?: JobsOptions): Promise<unknown>;
  upsertJobScheduler(
    id: string,
    repeat: { every: number },
    template: { name: string; data: JobData; opts?: Omit<JobsOptions, "jobId" | "delay" | "repeat"> },
  ): Promise<unknown>;
  on(event: "error", listener: (error: Error) => void): unknown;
};

/** The part of a BullMQ worker that is used here. */
export interface JobWorker {
  waitUntilReady(): Promise<unknown>;
  /** Fetches nothing new, and waits for what is active only without `doNotWaitActive`. */
  pause(doNotWaitActive?: boolean): Promise<void>;
  /** Fetches nothing new, and resolves when what is active has finished; with `force`, without waiting for that. */
  close(force?: boolean): Promise<void>;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "failed", listener: (job: Job<JobData> | undefined, error: Error) => void): unknown;
  on(event: "stalled", listener: (jobId: string) => void): unknown;
}

export type Processor = (job: Job<JobData>) => Promise<void>;
export type WorkerSettings = Omit<WorkerOptions, "connection" | "prefix">;

/** BullMQ's own journal of what became of jobs: nobody reads it, so little of it is kept. */
export const JOURNAL = { streams: { events: { maxLen: 1_000 } } };

/** Where the jobs are kept: PostgreSQL or Redis. */
export interface QueueBackend {
  readonly server: Server;
  queue(name: string): JobQueue;
  worker(name: string, processor: Processor, settings: WorkerSettings): JobWorker;
  /** Resolves when the store answers; rejects when it does not. */
  ping(): Promise<void>;
  /** To be called after the queues and workers were closed. */
  close(): Promise<void>;
}

/** Logs what BullMQ and its drivers emit: an outage by a line a second, however often they try. */
export function noteStoreError(log: Logger, server: Server, error: Error, context: object = {}): void {
  const outage = outageOf(error, server);
  if (outage !== undefined) {
    reportOutage(log, outage, context);
  } else {
    log.warn({ ...context, error: error.message }, "The queue's store reports an error");
  }
}
