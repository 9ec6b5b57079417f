const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const SHORTEST_MS = MINUTE_MS;
const LONGEST_MS = 6 * HOUR_MS;
/** Of the time since the domain was added: whoever has waited for an hour does not mind a quarter of an hour more. */
const FACTOR = 0.25;
/** Nobody makes the record any more: from then on it is looked for only when somebody asks. */
const GIVE_UP_MS = 7 * 24 * HOUR_MS;

/** How long one process has for a check: longer than any resolver tries. Afterwards another one takes it up. */
export const LEASE_MS = 2 * MINUTE_MS;

/** When a domain that is not verified is looked at next; null once it has been left alone for good. */
export function nextCheck(addedAt: Date, now: Date): Date | null {
  const age = now.getTime() - addedAt.getTime();
  const wait = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, age * FACTOR));
  return age + wait > GIVE_UP_MS ? null : new Date(now.getTime() + wait);
}
