export interface LaneLimits {
  /** How many of one key run at once. */
  readonly perKey: number;
  /** How many run at once, of all keys. */
  readonly total: number;
}

export interface Lanes {
  /** Resolves as soon as a lane is free, in the order of asking among those of the key; then to what frees it. */
  enter(key: string): Promise<Release>;
  /** Runs `work` in a lane. */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

/** Frees a lane. */
export type Release = () => void;

interface Queue {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * One tenant's import must slow nobody else. The more of its requests are under way, the longer every other
 * one waits for the event loop and for a connection, at each of its steps; done a few at a time they take as long in
 * all, and wait where only their own are. Directories that wait take turns.
 */
export function createLanes({ perKey, total }: LaneLimits): Lanes {
  const queues = new Map<string, Queue>();
  let running = 0;

  const take = (queue: Queue) => {
    running += 1;
    queue.running += 1;
  };
  const isFree = (queue: Queue) => running < total && queue.running < perKey;
  const next = () => {
    for (const [key, queue] of queues) {
      const start = isFree(queue) ? queue.waiting.shift() : undefined;
      if (start === undefined) {
        continue;
      }
      // Behind the others: the next lane is theirs.
      queues.delete(key);
      queues.set(key, queue);
      take(queue);
      start();
      return;
    }
  };
  const release = (key: string, queue: Queue) => {
    running -= 1;
    queue.running -= 1;
    if (queue.running === 0 && queue.waiting.length === 0) {
      queues.delete(key);
    }
    next();
  };
  /** `free` is undefined where a lane is free at once: then nothing is put off. */
  const ask = (key: string): { readonly free: Promise<void> | undefined; readonly release: Release } => {
    const queue = queues.get(key) ?? { running: 0, waiting: [] };
    queues.set(key, queue);
    const done = () => release(key, queue);
    if (isFree(queue)) {
      take(queue);
      return { free: undefined, release: done };
    }
    return { free: new Promise((start) => queue.waiting.push(start)), release: done };
  };
  return {
    enter: async (key) => {
      const lane = ask(key);
      await lane.free;
      return lane.release;
    },
    run: async (key, work) => {
      const lane = ask(key);
      if (lane.free !== undefined) {
        await lane.free;
      }
      try {
        return await work();
      } finally {
        lane.release();
      }
    },
  };
}
