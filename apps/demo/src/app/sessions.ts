import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { LRUCache } from "lru-cache";
import type { PendingLogin, SignedIn } from "./gateway-client.ts";

export interface AppSession extends SignedIn {
  readonly idpMessage: string;
  /** Set when the gateway told that the session ended. */
  endedAt?: Date;
}

// A demo for one person at a time: old entries go when there are more.
const MOST = 1_000;

/** The app's own sessions, in memory, by the value of its cookie. */
export class AppSessions {
  readonly #pending = new LRUCache<string, PendingLogin>({ max: MOST });
  readonly #sessions = new LRUCache<string, AppSession>({ max: MOST });
  readonly #ends = new EventEmitter().setMaxListeners(0);

  /** Remembers a login that was sent to the gateway; returns the cookie to find it by. */
  await(pending: PendingLogin): string {
    return put(this.#pending, pending);
  }

  takePending(cookie: string | undefined): PendingLogin | undefined {
    const pending = this.#pending.get(cookie ?? "");
    this.#pending.delete(cookie ?? "");
    return pending;
  }

  start(session: AppSession): string {
    return put(this.#sessions, session);
  }

  find(cookie: string | undefined): AppSession | undefined {
    return this.#sessions.get(cookie ?? "");
  }

  end(cookie: string | undefined): AppSession | undefined {
    const session = this.find(cookie);
    this.#sessions.delete(cookie ?? "");
    return session;
  }

  /** Ends every session of a gateway session, and tells the pages that show them. */
  endBySid(sid: string, at: Date): void {
    for (const [cookie, session] of this.#sessions) {
      if (session.identity.sid !== sid || session.endedAt !== undefined) {
        continue;
      }
      session.endedAt = at;
      this.#ends.emit(cookie);
    }
  }

  onEnd(cookie: string | undefined, listener: () => void): () => void {
    if (cookie === undefined) {
      return () => undefined;
    }
    this.#ends.on(cookie, listener);
    return () => this.#ends.off(cookie, listener);
  }
}

function put<Value extends object>(cache: LRUCache<string, Value>, value: Value): string {
  const key = randomBytes(24).toString("base64url");
  cache.set(key, value);
  return key;
}
