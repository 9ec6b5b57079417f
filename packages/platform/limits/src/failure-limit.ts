import type { Levels } from "./levels.ts";
import { networksOf } from "./networks.ts";

/**
 * Counts what was refused, by the network that it came from. Only what is refused anyway is ever limited: whoever has
 * the right key, token or signature is listened to, whatever others of the same network send.
 */
export interface FailureLimit {
  /**
   * Counts one. Null while there may be more; else the seconds until the next, and nothing is to be written of this one.
   * @param scope counts apart, such as a connection's id
   */
  count(ip: string | undefined, scope?: string): number | null;
}

/** Counts nothing. */
export const UNLIMITED_FAILURES: FailureLimit = { count: () => null };

/** How many times as much a /48 may bring as one of its /64. */
const SITE = 4;

/** @param limit failures per second of one network, and how many may come at once */
export function createFailureLimit(
  levels: Levels,
  limit: { readonly perSecond: number; readonly burst: number },
): FailureLimit {
  return {
    count(ip, scope = "") {
      const counted = networksOf(ip).map((network, n) => ({
        key: `failures:${scope}:${network}`,
        rule: {
          perSecond: limit.perSecond * (n === 0 ? 1 : SITE),
          atOnce: limit.burst * (n === 0 ? 1 : SITE),
          credit: 0,
        },
      }));
      const waits = counted.map(({ key, rule }) => (levels.of(key, rule) + 1 - rule.atOnce) / rule.perSecond);
      const wait = Math.max(...waits);
      if (wait > 0) {
        return Math.ceil(wait);
      }
      for (const { key, rule } of counted) {
        levels.add(key, rule, 1);
      }
      return null;
    },
  };
}
