import { problem } from "../errors.ts";

const MOST_OF_ONE = 10;
const MOST_OF_ALL = 100;

/** Counts the streams that this process keeps open. */
export class OpenStreams {
  readonly #byOrganization = new Map<string, number>();
  #all = 0;

  /** Returns what closes it, to be called once. Throws `streams_too_many` and `streams_exhausted`. */
  open(organizationId: string): () => void {
    const own = this.#byOrganization.get(organizationId) ?? 0;
    if (own >= MOST_OF_ONE) {
      throw problem("streams_too_many", { reason: `One organization may have ${MOST_OF_ONE}.` });
    }
    if (this.#all >= MOST_OF_ALL) {
      throw problem("streams_exhausted");
    }
    this.#byOrganization.set(organizationId, own + 1);
    this.#all += 1;
    return () => {
      this.#all -= 1;
      const left = (this.#byOrganization.get(organizationId) ?? 1) - 1;
      if (left === 0) {
        this.#byOrganization.delete(organizationId);
      } else {
        this.#byOrganization.set(organizationId, left);
      }
    };
  }
}
