import { cutText } from "@sallyport/database";
import type { QuirkName, Quirks } from "./quirks.ts";

const MAX_NOTES = 20;
const MAX_CHARACTERS = 300;

/** How one request is read: by the quirks of its client, with a note of whatever is left out of it because of them. */
export class Reading implements Quirks {
  readonly #quirks: Quirks;
  readonly #notes: string[];
  #more = 0;

  constructor(quirks: Quirks, notes: readonly string[] = []) {
    this.#quirks = quirks;
    this.#notes = [...notes];
  }

  /** The same so far, for one of several tries: what the others note is none of its own. */
  copy(): Reading {
    return new Reading(this.#quirks, this.#notes);
  }

  has(name: QuirkName): boolean {
    return this.#quirks.has(name);
  }

  /** @param text what was left out and why, for whoever reads the request log; no secrets */
  note(text: string): void {
    if (this.#notes.length < MAX_NOTES) {
      this.#notes.push(cutText(text, MAX_CHARACTERS));
    } else {
      this.#more += 1;
    }
  }

  /** Undefined for none. */
  get notes(): readonly string[] | undefined {
    if (this.#notes.length === 0) {
      return undefined;
    }
    return this.#more === 0 ? this.#notes : [...this.#notes, `And ${this.#more} more.`];
  }
}
