import type { Directory } from "../directory/directory.ts";
import { ScimError } from "../protocol/error.ts";

export interface RateLimit {
  /** Requests per second that a directory may keep up. */
  readonly perSecond: number;
  /** Requests that may come at once. */
  readonly burst: number;
}

export const DEFAULT_RATE_LIMIT: RateLimit = { perSecond: 100, burst: 500 };

interface Bucket {
  tokens: number;
  at: number;
}

const MAX_BUCKETS = 10_000;

/**
 * A token bucket per directory, in this process: one tenant's import must not slow another's pushes. Returns a
 * function that takes one token, or throws 429 with an integer Retry-After (Okta reads nothing else).
 */
export function createRateLimiter(limit: RateLimit, clock: () => number): (directory: Directory) => void {
  const buckets = new Map<string, Bucket>();
  return (directory) => {
    const { perSecond, burst } = directory.rateLimit ?? limit;
    const now = clock();
    const bucket = buckets.get(directory.id) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    if (buckets.size >= MAX_BUCKETS && !buckets.has(directory.id)) buckets.clear();
    buckets.set(directory.id, bucket);
    if (bucket.tokens < 1)
      throw new ScimError(429, "This directory sends more requests than its limit allows. Retry later.", {
        headers: { "Retry-After": String(Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond))) },
      });
    bucket.tokens -= 1;
  };
}
