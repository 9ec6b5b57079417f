import { ScimError } from "../protocol/error.ts";
import type { Json } from "../protocol/json.ts";
import { Slice } from "../protocol/slices.ts";
import { sizeOf } from "../schema/bounds.ts";

/** Values that one operation may look at: 3,000 elements by a filter of five comparisons. */
const MAX_OF_OPERATION = 30_000;
/** And all operations of a PATCH together: about half a second. */
const MAX_OF_PATCH = 1_000_000;

/**
 * What a PATCH costs, in values looked at. Operations that select among elements look at each of them: many of those on
 * a long list would take a time that grows by the one times the other.
 */
export class Cost {
  readonly #slice = new Slice();
  #total = 0;
  #isSliceFull = false;

  /** Counts before it is done: 413 when it is too much. */
  charge(units: number): void {
    this.#total += units;
    if (units > MAX_OF_OPERATION || this.#total > MAX_OF_PATCH) {
      throw new ScimError(
        413,
        `The operations compare more than ${units > MAX_OF_OPERATION ? `${MAX_OF_OPERATION} values each` : `${MAX_OF_PATCH} values`}. Send fewer operations, or shorter filters.`,
      );
    }
    if (this.#slice.isFull(units)) {
      this.#isSliceFull = true;
    }
  }

  /** Whether others are to be served first; true once for each slice. */
  takeSlice(): boolean {
    const isFull = this.#isSliceFull;
    this.#isSliceFull = false;
    return isFull;
  }
}

/** What it takes to look at a value: as much for a long text as for several short ones. */
export function unitsOf(value: Json): number {
  const { characters, values } = sizeOf(value);
  return values + Math.ceil(characters / CHARACTERS_PER_UNIT);
}

const CHARACTERS_PER_UNIT = 256;
