/** What a load saw. */
export interface LoadRecord {
  /** Of each operation that went well. Milliseconds. */
  readonly latencies: readonly number[];
  readonly failures: readonly string[];
  /** What is to be told beside the operations. Seconds, by name. */
  readonly times: Readonly<Record<string, number>>;
}

/** Keeps `concurrency` operations under way, each on a lane of its own, and times them. */
export class Load {
  readonly concurrency: number;
  readonly seconds: number;
  readonly #operations: number;
  readonly #latencies: number[] = [];
  readonly #failures: string[] = [];
  readonly #times: Record<string, number> = {};

  /** @param options with `operations`, a round ends after so many, if its time is not over before */
  constructor(options: { concurrency: number; seconds: number; operations?: number }) {
    this.concurrency = options.concurrency;
    this.seconds = options.seconds;
    this.#operations = options.operations ?? Number.POSITIVE_INFINITY;
  }

  record(): LoadRecord {
    return { latencies: this.#latencies, failures: this.#failures, times: this.#times };
  }

  /** Notes what went wrong beside the operations. */
  fail(message: string): void {
    this.#failures.push(message);
  }

  /** Notes a time that the round is to be told by beside its operations, in seconds. */
  tell(name: string, seconds: number): void {
    this.#times[name] = seconds;
  }

  /** Starts operations until `seconds` have passed or there were enough, and waits for the last of them. */
  async forSeconds(operation: (lane: number) => Promise<void>): Promise<void> {
    const end = performance.now() + this.seconds * 1000;
    let left = this.#operations;
    await this.during(() => performance.now() < end && left-- > 0, operation);
  }

  /** Starts operations as long as `goesOn`, and waits for the last of them. */
  async during(goesOn: () => boolean, operation: (lane: number) => Promise<void>): Promise<void> {
    await this.#lanes(async (lane) => {
      while (goesOn()) {
        await this.#time(() => operation(lane));
      }
    });
  }

  /** As many operations as there are items. */
  async each<Item>(
    items: Iterable<Item>,
    operation: (item: Item, lane: number) => Promise<void>,
  ): Promise<void> {
    // One iterator for all lanes: each takes the next item that nobody has.
    const rest = items[Symbol.iterator]();
    await this.#lanes(async (lane) => {
      for (let next = rest.next(); next.done !== true; next = rest.next()) {
        const { value } = next;
        await this.#time(() => operation(value, lane));
      }
    });
  }

  async #lanes(work: (lane: number) => Promise<void>): Promise<void> {
    await Promise.all(Array.from({ length: this.concurrency }, (_, lane) => work(lane)));
  }

  async #time(operation: () => Promise<void>): Promise<void> {
    const start = performance.now();
    try {
      await operation();
      this.#latencies.push(performance.now() - start);
    } catch (error) {
      this.#failures.push(error instanceof Error ? error.message : String(error));
    }
  }
}
