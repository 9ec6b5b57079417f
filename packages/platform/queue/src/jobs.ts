import type { JobQueue } from "./backend.ts";

export type QueueName = "reconcile" | "logout" | "metadata" | "maintenance";

/** What runs by the clock. */
export type Maintenance = "sweep" | "purge" | "expiry" | "reseal";

const RETRIES = { attempts: 3, backoff: { type: "exponential", delay: 1_000 } };
const KEEPING = { removeOnComplete: true, removeOnFail: { age: 24 * 3600, count: 1_000 } };

/**
 * At most one job per organization waits, and one more is kept while one is active: whoever adds while a job runs
 * gets a run that begins after its own commit.
 */
export async function addReconcile(queue: JobQueue, organizationId: string): Promise<void> {
  await queue.add(
    "reconcile",
    { organizationId },
    { ...RETRIES, ...KEEPING, deduplication: { id: organizationId, keepLastIfActive: true } },
  );
}

/**
 * Says that something is due. Without retries of its own: what could not be done waits for its time in the database.
 */
export async function addLook(queue: JobQueue, name: "logout" | "metadata"): Promise<void> {
  await queue.add(name, {}, { ...KEEPING, deduplication: { id: name, keepLastIfActive: true } });
}

/** Makes or changes a schedule. Processes that make the same one share it. */
export async function scheduleMaintenance(
  queue: JobQueue,
  name: Maintenance,
  everyMs: number,
): Promise<void> {
  await queue.upsertJobScheduler(name, { every: everyMs }, { name, data: {}, opts: KEEPING });
}

/** Asks for a run now, beside the schedule; one that waits already is enough. */
export async function addMaintenance(queue: JobQueue, name: Maintenance): Promise<void> {
  await queue.add(name, {}, { ...KEEPING, deduplication: { id: name, keepLastIfActive: true } });
}
