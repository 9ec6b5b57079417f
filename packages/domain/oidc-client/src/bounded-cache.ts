interface Kept<Value> {
  readonly until: number;
  readonly value: Value;
  readonly bytes: number;
}

/**
 * Keeps values for a while: so many, and of so many bytes together. Beyond the number the oldest goes; beyond the bytes the
 * largest, so that who brings much costs nobody else their place, which `lru-cache` cannot. Times are milliseconds since 1970.
 */
export class BoundedCache<Value> {
  /** The oldest first. */
  readonly #kept = new Map<string, Kept<Value>>();
  readonly #bounds: { readonly entries: number; readonly bytes: number };
  #bytes = 0;

  constructor(bounds: { readonly entries: number; readonly bytes: number }) {
    this.#bounds = bounds;
  }

  get(key: string, now: number): Value | undefined {
    const known = this.#kept.get(key);
    return known !== undefined && known.until > now ? known.value : undefined;
  }

  /** Keeps `value` in place of what `key` had. Its size is told once it is known. */
  set(key: string, value: Value, until: number, now: number): void {
    this.#remove(key);
    this.#kept.set(key, { until, value, bytes: 0 });
    for (const [oldest, { until: end }] of this.#kept) {
      if (end > now && this.#kept.size <= this.#bounds.entries) {
        break;
      }
      this.#remove(oldest);
    }
  }

  /** Says how large `value` is by now, if it is still the one that `key` has. */
  resize(key: string, value: Value, bytes: number): void {
    const known = this.#kept.get(key);
    if (known?.value !== value) {
      return;
    }
    this.#kept.set(key, { ...known, bytes });
    this.#bytes += bytes - known.bytes;
    while (this.#bytes > this.#bounds.bytes) {
      const [largest] = [...this.#kept].reduce((one, other) => (other[1].bytes > one[1].bytes ? other : one));
      this.#remove(largest);
    }
  }

  /** Unless `key` has another value by now. */
  delete(key: string, value: Value): void {
    if (this.#kept.get(key)?.value === value) {
      this.#remove(key);
    }
  }

  /** Whatever value it has. */
  drop(key: string): void {
    this.#remove(key);
  }

  #remove(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
