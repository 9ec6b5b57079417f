/** Most items of one run. More would save hardly anything, and have everybody else wait longer for its end. */
const MAX_TOGETHER = 8;

/** Runs items together; their results in the same order. When it throws, it has changed nothing. */
export type Run<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

/** What runs together, and where. */
export interface Place<Item> {
  /** Items of one key may run together. */
  readonly key: string;
  /** Runs the work when it is its turn. */
  readonly enter: (work: () => Promise<void>) => Promise<void>;
  /** Whether an item can run together with others, that came before it; without, any can. */
  readonly goesWith?: ((item: Item, others: readonly Item[]) => boolean) | undefined;
}

/** Adds an item to those of its place that wait, and resolves to its result. */
export type Gather<Item, Result> = (
  place: Place<Item>,
  item: Item,
  run: Run<Item, Result>,
) => Promise<Result>;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what comes while its place is awaited runs together, in one statement and one transaction. Alone, an
 * item waits for nobody; under a push of many at once the statements grow instead of the queue. Nothing is put off by
 * a timer.
 * @param isOfOne whether an error may be that of one item: then each is run by itself, and has its own
 */
export function createGather<Item, Result>(isOfOne: (error: unknown) => boolean): Gather<Item, Result> {
  const queues = new Map<string, Waiting<Item, Result>[]>();

  const runTogether = async (together: readonly Waiting<Item, Result>[], run: Run<Item, Result>) => {
    try {
      const results = await run(together.map(({ item }) => item));
      for (const [index, { resolve }] of together.entries()) {
        resolve(results[index] as Result);
      }
    } catch (error) {
      if (together.length === 1 || !isOfOne(error)) {
        for (const { reject } of together) {
          reject(error);
        }
      } else {
        for (const one of together) {
          await runTogether([one], run);
        }
      }
    }
  };

  return (place, item, run) =>
    new Promise((resolve, reject) => {
      const waiting = { item, resolve, reject };
      const queue = queues.get(place.key);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const first = [waiting];
      queues.set(place.key, first);
      const start = () =>
        place.enter(() => {
          const together = first.splice(0, countTogether(first, place));
          if (first.length > 0) {
            void start();
          } else {
            queues.delete(place.key);
          }
          return runTogether(together, run);
        });
      // Behind everything that the sockets hold already.
      setImmediate(() => void start());
    });
}

function countTogether<Item>(queue: readonly { readonly item: Item }[], place: Place<Item>): number {
  const items: Item[] = [];
  for (const { item } of queue.slice(0, MAX_TOGETHER)) {
    if (items.length > 0 && place.goesWith?.(item, items) === false) {
      break;
    }
    items.push(item);
  }
  return items.length;
}
