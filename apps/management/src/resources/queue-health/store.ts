import type { z } from "zod";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import type { queueHealth } from "./schema.ts";

const RECONCILER = `
  SELECT count(DISTINCT id)::int AS pending, min(marked_at) AS oldest
  FROM (SELECT directory_user_id AS id, marked_at FROM dirty_directory_users
        UNION ALL
        SELECT directory_group_id, marked_at FROM dirty_directory_groups) AS dirty`;

export async function readQueueHealth({ deps }: Context): Promise<z.input<typeof queueHealth>> {
  const [counts, failures, { rows }] = await Promise.all([
    deps.queues.counts(),
    deps.queues.failures(),
    deps.database.sql.query<{ pending: number; oldest: Date | null }>(RECONCILER),
  ]);
  const { pending, oldest } = rows[0] ?? { pending: 0, oldest: null };
  const waited = oldest === null ? 0 : deps.now().getTime() - oldest.getTime();
  return {
    queues: Object.entries(counts).map(([name, ofQueue]) => ({ name, ...ofQueue })),
    failures: failures.map(({ failedAt, ...failure }) => ({
      ...failure,
      failedAt: failedAt?.toISOString() ?? null,
    })),
    reconciler: { pending, lagSeconds: Math.max(0, waited / 1000) },
  };
}

/** Throws `queue_unknown`. */
export async function retryQueue(context: Context, queue: string): Promise<{ jobs: number }> {
  const counts = await context.deps.queues.counts();
  if (!Object.hasOwn(counts, queue)) {
    throw problem("queue_unknown", {
      field: "queue",
      reason: `There are: ${Object.keys(counts).join(", ")}.`,
    });
  }
  return change(context, async ({ record }) => {
    const jobs = await context.deps.queues.retry(queue);
    record({
      organizationId: null,
      type: "queue.retried",
      resource: { type: "queue", id: queue },
      data: { jobs: jobs ?? 0 },
    });
    return { jobs: jobs ?? 0 };
  });
}
