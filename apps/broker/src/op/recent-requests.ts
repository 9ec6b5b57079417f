import type { Payload } from "./store/artifact-store.ts";

const MOST = 2_000;

/**
 * The authorization requests that this process sent to sign-in last: the browser is back within moments, mostly at
 * this very process, and its page then costs no look into the store. Only ever a copy: that a request ended at
 * another process shows when it is ended here, by the store.
 */
export class RecentRequests {
  readonly #payloads = new Map<string, Payload>();

  put(id: string, payload: Payload): void {
    const [oldest] = this.#payloads.keys();
    if (oldest !== undefined && this.#payloads.size >= MOST) this.#payloads.delete(oldest);
    this.#payloads.set(id, payload);
  }

  find(id: string): Payload | undefined {
    return this.#payloads.get(id);
  }

  forget(id: string): void {
    this.#payloads.delete(id);
  }
}
