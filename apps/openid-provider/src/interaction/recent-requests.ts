import type { InteractionKey } from "@sallyport/interactions";
import { LRUCache } from "lru-cache";
import type { Payload } from "../store/artifact-store.ts";

const MOST = 2_000;
/** Of all parameters together, in characters: a longer one, which anybody may send, is read from the store. */
const MOST_LENGTH = 2_048;

/**
 * The authorization requests that this process sent to sign-in last: the browser is back within moments, mostly at
 * this very process, and its page then costs no look into the store. Only ever a copy: that a request ended at
 * another process shows when it is ended here, by the store.
 */
export class RecentRequests {
  readonly #payloads = new LRUCache<string, Payload>({ max: MOST });

  put(key: InteractionKey, payload: Payload): void {
    if (lengthOf(payload.params) > MOST_LENGTH) {
      return;
    }
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

function lengthOf(parameters: unknown): number {
  const texts = Object.values(parameters ?? {}).filter((value) => typeof value === "string");
  return texts.reduce((sum, text) => sum + text.length, 0);
}
