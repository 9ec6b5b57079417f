import type { Sql } from "@sallyport/database";
import { LRUCache } from "lru-cache";
import { findLiveSession, type LiveSession } from "./find.ts";
import { type EndingSessions, onSessionsEndingHere } from "./revocations/ending-here.ts";
import type { Heard, RevocationFollower } from "./revocations/follow.ts";

/**
 * How old the name, groups and gained roles of a remembered session may be. What ends (the session, its membership, a
 * token, a role) is forgotten at once, by the log.
 */
export const REMEMBERED_MS = 10_000;

const MOST_SESSIONS = 5_000;
/** Longer than a transaction takes from the statement that ends a session to its commit. */
const ENDING_MS = 60_000;
const MOST_ENDING = 100_000;
/** Of the lists of one session, as characters: so that all that is remembered takes some 40 MB. */
const MOST_CHARACTERS = 8_000;

/** Sessions that hold, by memory where that is as good as asking. */
export interface RememberedSessions {
  /** As `findLiveSession`, for the authorization `grant`. */
  find(id: string, grant: string): Promise<LiveSession | null>;
  close(): void;
}

interface Remembered {
  readonly readAt: number;
  /** By authorization: each may be revoked by itself. */
  readonly byGrant: Map<string, Promise<LiveSession | null>>;
}

/**
 * A session is remembered from before it is read, and forgotten when the log tells of it: so whatever commits after the
 * statement that read it finds it in memory. While the follower is not current, PostgreSQL is asked each time.
 */
export function rememberSessions(deps: {
  readonly sql: Sql;
  readonly follower: RevocationFollower;
  readonly now: () => Date;
  readonly ticks?: () => number;
}): RememberedSessions {
  const { sql, follower, now, ticks = () => performance.now() } = deps;
  const remembered = new LRUCache<string, Remembered>({ max: MOST_SESSIONS });
  // About to end by a transaction of this process: not to be remembered until others have heard of it, too.
  const ending = new LRUCache<string, true>({ max: MOST_ENDING, ttl: ENDING_MS, perf: { now: ticks } });
  let allEndingUntil = Number.NEGATIVE_INFINITY;

  const read = (id: string, grant: string) => findLiveSession(sql, id, now(), [grant]);
  const mayRemember = (id: string) =>
    follower.isCurrent() && ticks() >= allEndingUntil && ending.get(id) === undefined;

  function entryOf(id: string): Remembered {
    const known = remembered.get(id);
    if (known !== undefined && ticks() - known.readAt < REMEMBERED_MS) {
      return known;
    }
    const fresh = { readAt: ticks(), byGrant: new Map() };
    remembered.set(id, fresh);
    return fresh;
  }

  function forgetEnding(ids: EndingSessions): void {
    if (ids === "all") {
      allEndingUntil = ticks() + ENDING_MS;
      remembered.clear();
      return;
    }
    for (const id of ids) {
      ending.set(id, true);
      remembered.delete(id);
    }
  }

  function forgetEnded(heard: Heard): void {
    if (heard === "unknown") {
      remembered.clear();
      return;
    }
    for (const { sessionId } of heard) {
      remembered.delete(sessionId);
    }
  }

  const stop = [onSessionsEndingHere(forgetEnding), follower.onHeard(forgetEnded)];
  return {
    async find(id, grant) {
      if (!mayRemember(id)) {
        return read(id, grant);
      }
      const { byGrant } = entryOf(id);
      const known = byGrant.get(grant);
      if (known !== undefined) {
        const session = await known;
        return session !== null && session.expiresAt > now() ? session : null;
      }
      const reading = read(id, grant);
      byGrant.set(grant, reading);
      const session = await reading.catch((error: unknown) => {
        byGrant.delete(grant);
        throw error;
      });
      if (session === null || lengthOf(session) > MOST_CHARACTERS) {
        byGrant.delete(grant);
      }
      return session;
    },
    close: () => {
      for (const end of stop) {
        end();
      }
    },
  };
}

function lengthOf({ roles, permissions, groups }: LiveSession): number {
  return [roles, permissions, groups].flat().reduce((sum, text) => sum + text.length, 0);
}
