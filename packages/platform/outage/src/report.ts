import type { Logger } from "@sallyport/logging";
import type { Outage } from "./outage.ts";

/** The Retry-After value: a restart takes some seconds, and a client that comes too early gets it again. */
export const RETRY_AFTER_SECONDS = 5;

/** What everybody is told, whatever protocol they speak: printable ASCII without quotes (RFC 6749, 5.2). */
export const UNAVAILABLE =
  "A server that this gateway stands on is not available at the moment. Try again in a few seconds.";

const LINE_EVERY_MS = 1_000;

interface Tally {
  failures: number;
  sample: object;
}

// By logger, so that gateways in one process do not count for each other.
const tallies = new WeakMap<Logger, Map<string, Tally>>();

/**
 * Logs an outage: at once, then one line a second with how often it was met, as long as it is. What is met a thousand
 * times a second would else fill the disk and say nothing more.
 * @param context of this one error: its request, or where it was met; the line has that of the first
 */
export function reportOutage(log: Logger, outage: Outage, context: object = {}): void {
  const kinds = tallies.get(log) ?? new Map<string, Tally>();
  tallies.set(log, kinds);
  const key = `${outage.server} ${outage.kind}`;
  const known = kinds.get(key);
  if (known !== undefined) {
    if (known.failures === 0) {
      known.sample = context;
    }
    known.failures += 1;
    return;
  }
  const tally: Tally = { failures: 1, sample: context };
  kinds.set(key, tally);
  const tell = () => {
    log.error({ ...outage, failures: tally.failures, ...tally.sample }, `${outage.server} is not available`);
    tally.failures = 0;
  };
  tell();
  const timer = setInterval(() => {
    if (tally.failures > 0) {
      return tell();
    }
    clearInterval(timer);
    kinds.delete(key);
  }, LINE_EVERY_MS).unref();
}
