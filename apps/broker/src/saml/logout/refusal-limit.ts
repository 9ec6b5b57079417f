/** How often one address may bring a connection messages that are refused. */
const BURST = 30;
const REFILL_PER_MS = 30 / 60_000;
const MAX_BUCKETS = 10_000;

/**
 * Counts refused messages by connection and address, in this process: each leaves a record, and anybody can send
 * garbage. What is accepted costs nothing, so that a whole company behind one address can sign out at once.
 */
export interface RefusalLimit {
  /** Whether the address has had too many refused to be listened to now. */
  isExceeded(connectionId: string, address: string): boolean;
  count(connectionId: string, address: string): void;
}

export function createRefusalLimit(now: () => Date): RefusalLimit {
  const buckets = new Map<string, { used: number; at: number }>();
  const used = (key: string) => {
    const bucket = buckets.get(key);
    if (bucket === undefined) return 0;
    return Math.max(0, bucket.used - (now().getTime() - bucket.at) * REFILL_PER_MS);
  };
  return {
    isExceeded: (connectionId, address) => used(`${connectionId} ${address}`) > BURST - 1,
    count(connectionId, address) {
      const key = `${connectionId} ${address}`;
      if (buckets.size >= MAX_BUCKETS && !buckets.has(key)) buckets.clear();
      buckets.set(key, { used: used(key) + 1, at: now().getTime() });
    },
  };
}
