import type { InteractionKey } from "../interaction.ts";
import type { Payload } from "./store/artifact-store.ts";

const MOST = 2_000;

/**
 * The authorization requests that this process sent to sign-in last: the browser is back within moments, mostly at
 * this very process, and its page then costs no look into the store. Only ever a copy: that a request ended at
 * another process shows when it is ended here, by the store.
 */
export class RecentRequests {
  readonly #payloads = new Map<string, Payload>();

  put(key: InteractionKey, payload: Payload): void {
    const [oldest] = this.#payloads.keys();
    if (oldest !== undefined && this.#payloads.size >= MOST) this.#payloads.delete(oldest);
    this.#payloads.set(nameOf(key), payload);
  }

  find(key: InteractionKey): Payload | undefined {
    return this.#payloads.get(nameOf(key));
  }

  forget(key: InteractionKey): void {
    this.#payloads.delete(nameOf(key));
  }
}

const nameOf = ({ id, browser }: InteractionKey) => `${id} ${browser}`;
