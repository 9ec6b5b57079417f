export interface Lanes {
  /** Works of one key that run at once. */
  readonly perKey: number;
  /** Works that run at once, of all keys. */
  readonly total: number;
}

/** Runs a work as soon as a lane is free for it, in the order of asking among those of its key. */
export type InLane = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

interface Queue {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * One tenant's import must slow nobody else. The more of its requests are under way, the longer every other
 * one waits for the event loop and for a connection, at each of its steps; done a few at a time they take as long in
 * all, and wait where only their own are. Directories that wait take turns.
 */
export function createLanes({ perKey, total }: Lanes): InLane {
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
  return async (key, work) => {
    const queue = queues.get(key) ?? { running: 0, waiting: [] };
    queues.set(key, queue);
    if (isFree(queue)) {
      take(queue);
    } else {
      await new Promise<void>((start) => queue.waiting.push(start));
    }
    try {
      return await work();
    } finally {
      running -= 1;
      queue.running -= 1;
      if (queue.running === 0 && queue.waiting.length === 0) {
        queues.delete(key);
      }
      next();
    }
  };
}
