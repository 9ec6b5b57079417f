import type { Queues, Workers, WorkOptions } from "@sallyport/queue";
import { LOOPS } from "./jobs/index.ts";
import { sweep } from "./jobs/sweep/sweep.ts";
import { type RunningLoop, startLoop } from "./loop.ts";
import type { WorkerServices } from "./services.ts";

export interface WorkerDeps extends WorkerServices {
  readonly queues: Queues<WorkerServices>;
  /** What differs from the declarations of the jobs. */
  readonly work?: WorkOptions;
}

/** Directories in, memberships and bindings out; what goes with their end; and whatever else runs by the clock. */
export interface Worker {
  /** Starts on the jobs and looks at what was left over. */
  start(): Promise<void>;
  /** Takes no new job, and resolves when the active ones have finished. */
  stop(): Promise<void>;
}

/** A worker that takes jobs from `start` on. */
export function createWorker(deps: WorkerDeps): Worker {
  let workers: Workers | undefined;
  let loops: readonly RunningLoop[] = [];
  return {
    start: async () => {
      workers = await deps.queues.work(deps, deps.work);
      loops = LOOPS.map((loop) => startLoop(loop, deps, deps.log));
      await sweep(deps);
    },
    stop: async () => {
      await Promise.all([workers?.stop(), ...loops.map((loop) => loop.stop())]);
      workers = undefined;
      loops = [];
    },
  };
}
