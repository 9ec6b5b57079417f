import { OAuthError } from "@sallyport/oauth";

/** Requests that wait, of one application in one process: several edges, and each of them anew before it noticed its loss. */
const MOST_OF_ONE = 100;
const MOST_OF_ALL = 2_000;

/** Counts the requests that are kept open. */
export class OpenFeeds {
  readonly #byApplication = new Map<string, number>();
  #all = 0;

  /** Returns what closes it. @throws OAuthError where too many are open */
  open(applicationId: string): () => void {
    const own = this.#byApplication.get(applicationId) ?? 0;
    if (own >= MOST_OF_ONE || this.#all >= MOST_OF_ALL) {
      throw new OAuthError(
        "temporarily_unavailable",
        `too many requests to the revocation feed wait at once: one application may have ${MOST_OF_ONE}. Share one among your processes`,
        { headers: { "retry-after": "30" } },
      );
    }
    this.#byApplication.set(applicationId, own + 1);
    this.#all += 1;
    return () => {
      const left = (this.#byApplication.get(applicationId) ?? 1) - 1;
      if (left === 0) {
        this.#byApplication.delete(applicationId);
      } else {
        this.#byApplication.set(applicationId, left);
      }
      this.#all -= 1;
    };
  }
}
