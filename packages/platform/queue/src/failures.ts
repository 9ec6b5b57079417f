import type { JobData, JobQueue } from "./backend.ts";
import { addJob, type OpenQueue } from "./jobs.ts";

/** A job that gave up after all its attempts. */
export interface FailedJob {
  readonly queue: string;
  readonly id: string;
  readonly job: string;
  /** Which thing it was to look at, by the name of its field, such as `organizationId`. */
  readonly data: JobData;
  readonly attempts: number;
  readonly failedAt: Date | null;
  readonly reason: string;
}

/** Of a queue. */
const MOST_SHOWN = 20;
const MOST_RETRIED = 1_000;
const LONGEST_REASON = 500;

/** The last ones of each queue. */
export async function failedJobs(queues: readonly OpenQueue<never>[]): Promise<FailedJob[]> {
  const ofEach = queues.map(async ({ name, queue }) =>
    (await queue.getFailed(0, MOST_SHOWN - 1)).map((job) => ({
      queue: name,
      id: job.id ?? "",
      job: job.name,
      data: job.data,
      attempts: job.attemptsMade,
      failedAt: job.finishedOn === undefined ? null : new Date(job.finishedOn),
      reason: (job.failedReason ?? "").slice(0, LONGEST_REASON),
    })),
  );
  return (await Promise.all(ofEach)).flat();
}

/**
 * Asks for the failed jobs of a queue again, and forgets that they failed: a job carries nothing but what to look at, so a
 * new one does what the old one was to do. Resolves to how many; null where there is no such queue.
 */
export async function retryFailedJobs(
  queues: readonly OpenQueue<never>[],
  name: string,
): Promise<number | null> {
  const open = queues.find((each) => each.name === name);
  if (open === undefined) {
    return null;
  }
  const failed = await open.queue.getFailed(0, MOST_RETRIED - 1);
  for (const job of failed) {
    await askAgain(open, job);
    await job.remove();
  }
  return failed.length;
}

async function askAgain({ queue, jobs }: OpenQueue<never>, { name, data }: FailedJobOf): Promise<void> {
  const declared = jobs.find((job) => job.name === name);
  // One of a version that knew more jobs is forgotten: nobody could do it.
  if (declared !== undefined) {
    await addJob(queue, declared, "key" in declared ? data[declared.key] : undefined);
  }
}

type FailedJobOf = Pick<Awaited<ReturnType<JobQueue["getFailed"]>>[number], "name" | "data">;
