/** A small seeded generator (mulberry32): the same seed makes the same choices. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** One match of `pattern` in `text`, replaced by what `replace` makes of it; unchanged when there is none. */
  replaceOne(text: string, pattern: RegExp, replace: (match: string) => string): string {
    const matches = [...text.matchAll(new RegExp(pattern, "g"))];
    const match = matches[this.below(matches.length)];
    if (match === undefined) {
      return text;
    }
    const [found] = match;
    return text.slice(0, match.index) + replace(found) + text.slice(match.index + found.length);
  }
}
