import { setImmediate as giveWay } from "node:timers/promises";

/** Work that can be interrupted: it yields wherever other requests may be served, and returns its result. */
export type Sliced<Result> = Generator<void, Result, void>;

/** Units of work between two yields. A unit is about a microsecond: looking at one value. */
const SLICE_UNITS = 3_000;

/** Says when a sliced work has done enough to yield. */
export class Slice {
  #units = 0;

  /** Counts units; true once a slice is full, and then the next one begins. */
  isFull(units = 1): boolean {
    this.#units += units;
    if (this.#units < SLICE_UNITS) {
      return false;
    }
    this.#units = 0;
    return true;
  }
}

/**
 * Runs a work slice by slice, with everything else that waits for the event loop between them: no request of one tenant
 * may hold up the others (CWE-400). What fits into one slice is done at once.
 */
export async function inSlices<Result>(
  work: Sliced<Result>,
  between: () => Promise<unknown> = giveWay,
): Promise<Result> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) {
      return value;
    }
    await between();
  }
}
