const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const USUAL_MS = HOUR_MS;
const SHORTEST_MS = 15 * MINUTE_MS;
const LONGEST_MS = 24 * HOUR_MS;
/** Of what is left until `validUntil`: time for several attempts before it. */
const FACTOR = 0.75;
/** The rest is random, so that connections made together are not refreshed together for ever. */
const STEADY = 0.9;

/** Least time between two refreshes that are requested: anybody can post a signature that no certificate verifies. */
export const MIN_INTERVAL_MS = 5 * MINUTE_MS;
/** Least time between any other refresh and one that is requested: an IdP may take a new key right after it. */
export const MIN_PAUSE_MS = 30_000;
/** How long one process has for a refresh: longer than the client's own timeout. Afterwards another one takes it up. */
export const LEASE_MS = 2 * MINUTE_MS;

/** When metadata that was read now is fetched again. */
export function nextRefresh(
  now: Date,
  { cacheDurationMs = USUAL_MS, validUntil }: MetadataLifetime,
  random: () => number = Math.random,
): Date {
  const left = validUntil === undefined ? LONGEST_MS : (validUntil.getTime() - now.getTime()) * FACTOR;
  const wait = Math.max(SHORTEST_MS, Math.min(cacheDurationMs, left, LONGEST_MS));
  return new Date(now.getTime() + wait * (STEADY + (1 - STEADY) * random()));
}

export interface MetadataLifetime {
  readonly cacheDurationMs?: number | undefined;
  readonly validUntil?: Date | undefined;
}

/** When a refresh that failed is tried again. */
export function nextRetry(now: Date, random: () => number = Math.random): Date {
  return new Date(now.getTime() + SHORTEST_MS * (STEADY + (1 - STEADY) * random()));
}
