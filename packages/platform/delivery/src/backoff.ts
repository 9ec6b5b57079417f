/** When what failed is tried again. */
export interface Backoff {
  /** Before the second attempt, the third and so on; the last one goes on. */
  readonly delaysMs: readonly number[];
  /** From the first attempt on: behind that there is no other. The last one is made at its end. */
  readonly withinMs: number;
  /** By how much of itself a delay is longer or shorter, at most: what failed together does not come back together. */
  readonly jitter: number;
  /** The longest that a receiver may have us wait (`Retry-After`). */
  readonly longestWaitMs: number;
}

export interface FailedAttempt {
  /** From 1. */
  readonly attempt: number;
  readonly firstAt: Date;
  readonly now: Date;
  /** What the receiver asked for (`retryAfterMs`). */
  readonly askedMs?: number | undefined;
  /** In [0, 1). Default: by chance. */
  readonly random?: () => number;
}

/** The time of the next attempt; null: it is given up. */
export function nextAttempt(backoff: Backoff, failed: FailedAttempt): Date | null {
  const { attempt, firstAt, now, askedMs = 0, random = Math.random } = failed;
  const last = firstAt.getTime() + backoff.withinMs;
  if (now.getTime() >= last) {
    return null;
  }
  const { delaysMs, jitter, longestWaitMs } = backoff;
  const delay = delaysMs[Math.min(attempt, delaysMs.length) - 1] ?? 0;
  const jittered = delay * (1 + jitter * (2 * random() - 1));
  const wait = Math.max(jittered, Math.min(askedMs, longestWaitMs));
  return new Date(Math.min(now.getTime() + Math.round(wait), last));
}

/** `Retry-After` in milliseconds from now (RFC 9110, section 10.2.3: seconds or a date); undefined where it says neither. */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) {
    return undefined;
  }
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) {
    return Number(text) * 1_000;
  }
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
