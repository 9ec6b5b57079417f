/**
 * Remembers the last `capacity` results of a pure function: parsing a certificate or a key costs more than
 * verifying with it. Least recently used goes first.
 */
export function memoize<T>(capacity: number, compute: (key: string) => T): (key: string) => T {
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
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    }
    return value;
  };
}
