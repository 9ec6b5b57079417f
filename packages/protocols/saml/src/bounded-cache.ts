import { LRUCache } from "lru-cache";

/**
 * Remembers the last `capacity` results of a pure function: parsing a certificate or a key costs more than
 * verifying with it. Least recently used goes first, and `release` is told of it.
 */
export function memoize<T extends object>(
  capacity: number,
  compute: (key: string) => T,
  release: (value: T) => void = () => undefined,
): (key: string) => T {
  const results = new LRUCache<string, T>({ max: capacity, dispose: (value) => release(value) });
  return (key) => {
    const known = results.get(key);
    if (known !== undefined) {
      return known;
    }
    const value = compute(key);
    results.set(key, value);
    return value;
  };
}
