/** Turns many requests for the same key into few sends. */
export interface Coalescer<Key extends string> {
  /** Sees to it that `send(key)` starts after this call. Never throws, never blocks. */
  request(key: Key): void;
  /** Resolves when every request made so far has been sent, or has failed. */
  flush(): Promise<void>;
}

export interface CoalescerOptions<Key extends string> {
  readonly send: (key: Key) => Promise<void>;
  /** Whether to send again, after a window: the request stands until it was sent, or `flush` is called. */
  readonly onError: (error: unknown, key: Key) => boolean;
  /** Default half a second. */
  readonly retryMs?: number;
  /** The least time between the end of one send and the start of the next of the same key. */
  readonly windowMs: number;
}

/**
 * The first request of a key is sent at once; those that follow within the window, or while that send is under way,
 * become one more send after it. So a burst costs two sends, and no request goes without a send that began after it.
 */
export function createCoalescer<Key extends string>(options: CoalescerOptions<Key>): Coalescer<Key> {
  const open = new Map<Key, { again: boolean; done: Promise<void> }>();
  const waiting = new Set<() => void>();
  let flushing = 0;

  async function drain(key: Key, entry: { again: boolean }): Promise<void> {
    do {
      entry.again = false;
      let ms = options.windowMs;
      try {
        await options.send(key);
      } catch (error) {
        if (options.onError(error, key) && flushing === 0) {
          entry.again = true;
          ms = options.retryMs ?? 500;
        }
      }
      await pause(ms);
    } while (entry.again);
    open.delete(key);
  }

  function pause(ms: number): Promise<void> {
    if (flushing > 0) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      waiting.add(wake);
    });
  }

  return {
    request(key) {
      const known = open.get(key);
      if (known !== undefined) {
        known.again = true;
        return;
      }
      const entry = { again: false, done: Promise.resolve() };
      open.set(key, entry);
      entry.done = drain(key, entry);
    },
    async flush() {
      flushing++;
      for (const wake of [...waiting]) {
        wake();
      }
      try {
        await Promise.all([...open.values()].map((entry) => entry.done));
      } finally {
        flushing--;
      }
    },
  };
}
