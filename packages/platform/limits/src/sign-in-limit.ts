import { createHash } from "node:crypto";
import type { Levels, Rule } from "./levels.ts";
import { networksOf } from "./networks.ts";

/** Who a request comes from. */
export interface Origin {
  readonly ip: string | undefined;
  /** The token by which the browser is known again; null where it has none. */
  readonly browser?: string | null;
  /** The browser asked for a part of a page: nobody may have wanted it. */
  readonly embedded?: boolean;
}

/** A sign-in that somebody who is not authenticated yet has us write rows for. */
export interface Attempt extends Origin {
  readonly applicationId?: string;
  readonly connectionId?: string;
}

/**
 * Bounds the sign-ins that come to nothing. Each start counts until the sign-in succeeds, which takes back what it had
 * cost and twice as much again: so a network may have any number of people sign in, as long as some of them get through.
 *
 * A network is limited by what it did itself. What is everybody's (a connection, an application, the gateway) has a bound
 * too, but a full one turns away only networks that have more than their share unfinished: else a stranger could fill it
 * and so lock out a whole company. Networks that people get through from have more than a share: they are below zero.
 *
 * A browser in which somebody signed in within the last days is rejected by none of these: an attacker who floods from within
 * a company's network hinders only newcomers. What is embedded in a page counts apart: else a page anywhere could use up
 * what its visitors' networks have.
 */
export interface AttemptLimit {
  /**
   * Counts a start: with the application's id where a request waits for a sign-in, with the connection's where it goes on
   * to the IdP. Null when it may go on; else the seconds to wait, and nothing is to be written.
   */
  start(attempt: Attempt): number | null;
  /** Counts an answer that belongs to no start. Null when it may be recorded; else as `start`. */
  orphan(attempt: Attempt): number | null;
  /** A start led to a session. */
  complete(attempt: Attempt): void;
}

export const UNLIMITED_ATTEMPTS: AttemptLimit = {
  start: () => null,
  orphan: () => null,
  complete: () => undefined,
};

/** A sign-in starts twice: at the application's request, and on the way to the IdP. */
const START = 0.5;
const ORPHAN = 2;
/** Whoever was let through the first start is let through the second: else the first ones would take all the room. */
const SECOND = 2;
/** What a success gives back, of what its start cost. */
const GIVEN_BACK = 3;
/** What a network may have unfinished however full the shared bounds are. */
const SHARE = 20;
/** The other bounds, as multiples of a network's. */
const SITE = 4;
const CONNECTION = 3;
const APPLICATION = 10;
const GATEWAY = 20;
/** What a browser may start, within a week from its last success, however full its network is. */
const KNOWN_BROWSER: Rule = { perSecond: 10 / (7 * 24 * 3_600), atOnce: 0, credit: 10 };
/** The sign-in page tells people to wait no longer: by then somebody else may have got through. */
const LONGEST_WAIT_SECONDS = 60;

interface Bound {
  readonly key: string;
  readonly rule: Rule;
  /** How many times a start counts: what is known at one of the two only counts it for both. */
  readonly weight: 1 | 2;
}

/** @param limit sign-ins of one network (IPv4 address, IPv6 /64) that may come to nothing */
export function createAttemptLimit(
  levels: Levels,
  limit: { readonly perSecond: number; readonly burst: number },
): AttemptLimit {
  const times = (factor: number, credit: boolean): Rule => ({
    perSecond: limit.perSecond * factor,
    atOnce: limit.burst * factor,
    credit: credit ? limit.burst * factor : 0,
  });
  const rules = {
    network: times(1, true),
    site: times(SITE, true),
    connection: times(CONNECTION, false),
    application: times(APPLICATION, false),
    gateway: times(GATEWAY, false),
  };
  const share = Math.min(SHARE, limit.burst);

  const networksFor = ({ ip, embedded }: Attempt): Bound[] =>
    networksOf(ip).map((network, n) => ({
      key: `sign-in:${embedded === true ? "embedded" : "network"}:${network}`,
      rule: n === 0 ? rules.network : rules.site,
      weight: 1,
    }));
  const sharedBy = ({ applicationId, connectionId }: Attempt): Bound[] => {
    const bounds: Bound[] = [{ key: "sign-in:gateway", rule: rules.gateway, weight: 1 }];
    if (applicationId !== undefined) {
      bounds.push({ key: `sign-in:application:${applicationId}`, rule: rules.application, weight: 2 });
    }
    if (connectionId !== undefined) {
      bounds.push({ key: `sign-in:connection:${connectionId}`, rule: rules.connection, weight: 2 });
    }
    return bounds;
  };

  /** Seconds until `points` fit below `most`; negative when they do now. */
  const wait = ({ key, rule, weight }: Bound, points: number, most: number) =>
    (levels.of(key, rule) + points * weight - most) / rule.perSecond;

  /** @param margin how many times the networks' bounds may be reached */
  function count(attempt: Attempt, points: number, margin: number): number | null {
    const networks = networksFor(attempt);
    const shared = sharedBy(attempt);
    const isFull = shared.some((bound) => wait(bound, points, bound.rule.atOnce) > 0);
    const waits = networks.map((bound) => {
      const most = isFull ? share * (bound.rule.atOnce / limit.burst) : bound.rule.atOnce;
      return wait(bound, points, most * margin);
    });
    const longest = Math.max(...waits);
    if (longest > 0) {
      return isKnown(attempt.browser, points) ? null : Math.min(LONGEST_WAIT_SECONDS, Math.ceil(longest));
    }
    for (const bound of [...networks, ...shared]) {
      add(bound, points);
    }
    return null;
  }

  /** Whether the browser has room of its own; then that is what is used. */
  function isKnown(browser: string | null | undefined, points: number): boolean {
    if (browser === undefined || browser === null) {
      return false;
    }
    const key = browserKey(browser);
    if (levels.of(key, KNOWN_BROWSER) + points > KNOWN_BROWSER.atOnce) {
      return false;
    }
    levels.add(key, KNOWN_BROWSER, points);
    return true;
  }

  function add({ key, rule, weight }: Bound, points: number): void {
    levels.add(key, rule, points * weight);
  }

  return {
    start: (attempt) => count(attempt, START, attempt.connectionId === undefined ? 1 : SECOND),
    orphan: (attempt) => count(attempt, ORPHAN, 1),
    complete(attempt) {
      for (const bound of [...networksFor(attempt), ...sharedBy(attempt)]) {
        add(bound, -START * GIVEN_BACK);
      }
      if (attempt.browser === undefined || attempt.browser === null) {
        return;
      }
      levels.add(browserKey(attempt.browser), KNOWN_BROWSER, -KNOWN_BROWSER.credit);
    },
  };
}

// The token itself is the browser's secret, and levels may be kept in Redis.
function browserKey(token: string): string {
  return `sign-in:browser:${createHash("sha256").update(token).digest("base64url")}`;
}
