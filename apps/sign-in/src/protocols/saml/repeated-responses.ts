import { createHash } from "node:crypto";
import type { Response } from "express";
import { LRUCache } from "lru-cache";
import { SignInFailure } from "../../core/failures.ts";

/** A double click, a reload of a page that is still on its way: later it is somebody who went back. */
const REMEMBERED_MS = 10_000;
const MAX_REMEMBERED = 1_000;

/**
 * Responses that a browser sends twice. The second ends where the first did: its answer is all that the person sees, as
 * the browser has given up on the first one's. This process gives the very same answer; any
 * other asks for another code (`core/repeated-responses.ts`).
 */
export interface RepeatedResponses {
  /**
   * Does `work`, which answers `res`; for the same response from the same browser again, answers as `work` did. Throws
   * what `work` threw.
   */
  answer(key: RepeatedKey, res: Response, work: () => Promise<void>): Promise<void>;
}

export interface RepeatedKey {
  readonly connectionId: string;
  /** Token of the browser: to any other this is another response, and a replay. */
  readonly browser: string;
  readonly state: string | null;
  readonly response: string;
}

/** What the first was answered with. Null where that was no redirect. */
interface Redirect {
  readonly location: string;
  readonly cookies: readonly string[];
}

export function createRepeatedResponses(now: () => Date): RepeatedResponses {
  const first = new LRUCache<string, Promise<Redirect | null>>({
    max: MAX_REMEMBERED,
    ttl: REMEMBERED_MS,
    ttlResolution: 0,
    perf: { now: () => now().getTime() },
  });
  return {
    async answer(key, res, work) {
      const name = nameOf(key);
      const earlier = await first.get(name);
      if (earlier !== undefined && earlier !== null) {
        res.set("set-cookie", [...earlier.cookies]);
        res.set({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
        res.redirect(303, earlier.location);
        return;
      }
      const answered = work().then(() => redirectOf(res));
      first.set(name, answered);
      try {
        await answered;
      } catch (error) {
        // What may go better the next time is tried again.
        if (!(error instanceof SignInFailure) || error.code === "too_many_attempts") {
          first.delete(name);
        }
        throw error;
      }
    },
  };
}

function nameOf({ connectionId, browser, state, response }: RepeatedKey): string {
  return createHash("sha256")
    .update(JSON.stringify([connectionId, browser, state, response]))
    .digest("base64url");
}

function redirectOf(res: Response): Redirect | null {
  const location = res.getHeader("location");
  if (typeof location !== "string" || res.statusCode < 300 || res.statusCode > 399) {
    return null;
  }
  const cookies = res.getHeader("set-cookie") ?? [];
  return { location, cookies: Array.isArray(cookies) ? cookies : [String(cookies)] };
}
