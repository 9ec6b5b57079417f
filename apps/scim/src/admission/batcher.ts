/** Most items of one batch. More would save hardly anything, and have everybody else wait longer for its end. */
const MAX_BATCH = 8;

/** Runs items in one batch; their results in the same order. When it throws, it has changed nothing. */
export type RunBatch<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

/** Which items are batched, and when a batch runs. */
export interface BatchQueue<Item> {
  /** Items of one key may run together. */
  readonly key: string;
  /** Runs the work when it is its turn. */
  readonly enter: (work: () => Promise<void>) => Promise<void>;
  /** Whether an item can run together with others, that came before it; without, any can. */
  readonly goesWith?: ((item: Item, others: readonly Item[]) => boolean) | undefined;
}

/** Adds an item to the queue, and resolves to its result. */
export type Batcher<Item, Result> = (
  queue: BatchQueue<Item>,
  item: Item,
  run: RunBatch<Item, Result>,
) => Promise<Result>;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what comes while its queue waits for its turn runs together, in one statement and one transaction. Alone,
 * an item waits for nobody; under a push of many at once the statements grow instead of the queue. Nothing is put off by
 * a timer.
 * @param isItems whether an error may be that of one item: then each is run by itself, and has its own
 */
export function createBatcher<Item, Result>(isItems: (error: unknown) => boolean): Batcher<Item, Result> {
  const waitingByKey = new Map<string, Waiting<Item, Result>[]>();

  const runBatch = async (batch: readonly Waiting<Item, Result>[], run: RunBatch<Item, Result>) => {
    try {
      const results = await run(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) {
        resolve(results[index] as Result);
      }
    } catch (error) {
      if (batch.length === 1 || !isItems(error)) {
        for (const { reject } of batch) {
          reject(error);
        }
      } else {
        for (const one of batch) {
          await runBatch([one], run);
        }
      }
    }
  };

  return (queue, item, run) =>
    new Promise((resolve, reject) => {
      const added = { item, resolve, reject };
      const waiting = waitingByKey.get(queue.key);
      if (waiting !== undefined) {
        waiting.push(added);
        return;
      }
      const first = [added];
      waitingByKey.set(queue.key, first);
      const start = () =>
        queue.enter(() => {
          const batch = first.splice(0, batchSize(first, queue));
          if (first.length > 0) {
            void start();
          } else {
            waitingByKey.delete(queue.key);
          }
          return runBatch(batch, run);
        });
      // Behind everything that the sockets hold already.
      setImmediate(() => void start());
    });
}

function batchSize<Item>(waiting: readonly { readonly item: Item }[], queue: BatchQueue<Item>): number {
  const items: Item[] = [];
  for (const { item } of waiting.slice(0, MAX_BATCH)) {
    if (items.length > 0 && queue.goesWith?.(item, items) === false) {
      break;
    }
    items.push(item);
  }
  return items.length;
}
