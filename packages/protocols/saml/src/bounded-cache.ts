/**
 * Remembers the last `capacity` results of a pure function: parsing a certificate or a key costs more than
 * verifying with it. Least recently used goes first, and `release` is told of it.
 */
export function memoize<T>(
  capacity: number,
  compute: (key: string) => T,
  release: (value: T) => void = () => undefined,
): (key: string) => T {
  const entries = new Map<string, T>();
  return (key) => {
    const known = entries.get(key);
    if (known !== undefined) {
      entries.delete(key);
      entries.set(key, known);
      return known;
    }
    const value = compute(key);
    entries.set(key, value);
    if (entries.size > capacity) {
      const [oldest] = entries;
      if (oldest === undefined) {
        return value;
      }
      entries.delete(oldest[0]);
      release(oldest[1]);
    }
    return value;
  };
}
