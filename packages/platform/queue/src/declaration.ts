interface Declared {
  /** As the store and the metrics know it: renamed, its jobs and its schedule there are left behind. */
  readonly name: string;
  /** Jobs that name one queue wait for each other. Default: a queue of its own, by the job's name. */
  readonly queue?: string;
  /** How many of its queue run side by side in one process. Default 1. */
  readonly concurrency?: number;
  /** The number of attempts when it fails. Default 1: a schedule or a sweep requests it again. */
  readonly attempts?: number;
}

/**
 * A kind of job, declared once, for who asks for it and for who does it. A job carries nothing, it only says "look": so
 * it may be lost, doubled, late or reordered, and `run` must bear being called twice, at once elsewhere, or late.
 *
 * Deduplicated: at most one waits, and one more is kept while one is active, so whoever asks while it runs gets a run
 * that begins after that.
 *
 * @typeParam Services what `run` works with, given to `Queues.work`
 */
export interface Job<Services> extends Declared {
  /** Runs by the clock, too, once for all processes; with `atStart` also whenever a process starts its workers. */
  readonly schedule?: { readonly everyMs: number; readonly atStart?: boolean };
  /** A rejection is logged, and tried again where there are `attempts`; an outage is waited for. */
  readonly run: (services: Services, signal: AbortSignal) => Promise<void>;
}

/** A job that looks at one thing of many. As `Job`, but deduplicated for each thing by itself. */
export interface KeyedJob<Services> extends Declared {
  /** What names the thing: the field of the stored job and of the log, such as `organizationId`. */
  readonly key: string;
  /** "more" when it stopped for the sake of others before all was done: then it goes on behind them. */
  readonly run: (services: Services, key: string, signal: AbortSignal) => Promise<"done" | "more">;
}

export type JobDeclaration<Services> = Job<Services> | KeyedJob<Services>;

/** The jobs of each queue. Throws when two have one name. */
export function byQueue<Services>(
  jobs: readonly JobDeclaration<Services>[],
): ReadonlyMap<string, readonly JobDeclaration<Services>[]> {
  const names = new Set<string>();
  const queues = new Map<string, JobDeclaration<Services>[]>();
  for (const job of jobs) {
    if (names.has(job.name)) {
      throw new TypeError(`Two jobs are called ${job.name}`);
    }
    names.add(job.name);
    const queue = job.queue ?? job.name;
    queues.set(queue, [...(queues.get(queue) ?? []), job]);
  }
  return queues;
}
