import type { Queues, Workers, WorkOptions } from "@sallyport/queue";
import { keepFillingOutbox, type Ongoing } from "./jobs/outbox/keep-filling.ts";
import { sweep } from "./jobs/sweep/sweep.ts";
import type { WorkerServices } from "./services.ts";

export interface WorkerDeps extends WorkerServices {
  readonly queues: Queues<WorkerServices>;
  /** What differs from the declarations of the jobs. */
  readonly work?: WorkOptions;
  /** How soon after its commit an event is in the outbox. Default one second. */
  readonly outboxEveryMs?: number;
}

/** Directories in, memberships and bindings out; what goes with their end; and whatever else runs by the clock. */
export interface Worker {
  /** Starts on the jobs and looks at what was left over. */
  start(): Promise<void>;
  /** Takes no new job, and resolves when the active ones have finished. */
  stop(): Promise<void>;
}

export function createWorker(deps: WorkerDeps): Worker {
  let workers: Workers | undefined;
  let outbox: Ongoing | undefined;
  return {
    start: async () => {
      workers = await deps.queues.work(deps, deps.work);
      outbox = keepFillingOutbox(deps.database, deps.log, deps.outboxEveryMs ?? 1_000);
      await sweep(deps);
    },
    stop: async () => {
      await Promise.all([workers?.stop(), outbox?.stop()]);
      workers = undefined;
      outbox = undefined;
    },
  };
}
