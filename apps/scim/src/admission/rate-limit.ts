import { LRUCache } from "lru-cache";
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

/** Who is limited, a directory as a rule, and to what if not to the usual. */
interface Limited {
  readonly id: string;
  readonly rateLimit?: RateLimit | undefined;
}

/** Takes tokens of a bucket, or throws 429. */
export type TakeTokens = (limited: Limited, tokens: number) => void;

/**
 * A token bucket per directory, in this process: one tenant's import must not slow another's pushes. While a token is
 * left, any number may be taken: what a bulk request takes too many is waited for by the next request. 429 comes with
 * an integer Retry-After, since Okta reads nothing else.
 * @param clock milliseconds that only grow
 */
export function createRateLimiter(limit: RateLimit, clock: () => number): TakeTokens {
  // The least recently used entry is evicted: clearing all would let an attacker who fills it start again.
  const buckets = new LRUCache<string, Bucket>({ max: MAX_BUCKETS });
  return (limited, tokens) => {
    if (tokens <= 0) {
      return;
    }
    const { perSecond, burst } = limited.rateLimit ?? limit;
    const bucket = refilled(buckets.get(limited.id), perSecond, burst, clock());
    buckets.set(limited.id, bucket);
    if (bucket.tokens < 1) {
      throw new ScimError(429, "This directory sends more requests than its limit allows. Retry later.", {
        headers: { "Retry-After": String(Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond))) },
      });
    }
    bucket.tokens -= tokens;
  };
}

function refilled(bucket: Bucket | undefined, perSecond: number, burst: number, now: number): Bucket {
  if (bucket === undefined) {
    return { tokens: burst, at: now };
  }
  const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
  return { tokens, at: now };
}
