import type { JobsOptions } from "bullmq";
import type { JobData, JobQueue } from "./backend.ts";
import type { Job, JobDeclaration } from "./declaration.ts";

/** A queue that is open, with the jobs that go through it. */
export interface OpenQueue<Services> {
  readonly name: string;
  readonly queue: JobQueue;
  readonly jobs: readonly JobDeclaration<Services>[];
}

const FIRST_RETRY_MS = 1_000;
const KEEPING = { removeOnComplete: true, removeOnFail: { age: 24 * 3600, count: 1_000 } };

/**
 * At most one job of a key waits, and one more is kept while one is active: whoever adds while a job runs gets a run that
 * begins after its own commit.
 *
 * @param key undefined for a job that has none
 */
export async function addJob(
  queue: JobQueue,
  job: JobDeclaration<never>,
  key: string | undefined,
): Promise<void> {
  await queue.add(job.name, dataOf(job, key), {
    ...keeping(job),
    deduplication: { id: key ?? job.name, keepLastIfActive: true },
  });
}

/** Makes or changes a schedule. Processes that make the same one share it. */
export async function scheduleJob(queue: JobQueue, job: Job<never>, everyMs: number): Promise<void> {
  await queue.upsertJobScheduler(
    job.name,
    { every: everyMs },
    { name: job.name, data: {}, opts: keeping(job) },
  );
}

/** What is stored of a job. */
export function dataOf(job: JobDeclaration<never>, key: string | undefined): JobData {
  return "key" in job && key !== undefined ? { [job.key]: key } : {};
}

function keeping({ attempts }: JobDeclaration<never>): JobsOptions {
  if (attempts === undefined) {
    return KEEPING;
  }
  return { ...KEEPING, attempts, backoff: { type: "exponential", delay: FIRST_RETRY_MS } };
}
