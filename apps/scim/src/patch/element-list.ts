import { isJsonObject, type Json } from "../protocol/json.ts";

/**
 * The elements of a multi-valued attribute while operations add to it, with an index of what is there: an `add` costs
 * what it brings, not what is there already.
 */
export class ElementList {
  readonly #elements: Json[];
  /** How often each element is there, by its text. */
  readonly #known = new Map<string, number>();
  readonly #primaries = new Set<number>();

  constructor(elements: readonly Json[]) {
    this.#elements = [...elements];
    for (const [index, element] of elements.entries()) {
      this.#note(index, element);
    }
  }

  /** Adds those that are not there yet. A new primary is the only one (RFC 7644 §3.5.2). */
  add(elements: readonly Json[]): void {
    const added = elements.filter((element) => !this.#known.has(textOf(element)));
    if (added.some(isPrimary)) {
      for (const index of this.#primaries) {
        this.#demote(index);
      }
    }
    for (const element of added) {
      this.#note(this.#elements.push(element) - 1, element);
    }
  }

  /** Undefined for none. */
  get value(): Json[] | undefined {
    return this.#elements.length === 0 ? undefined : this.#elements;
  }

  #note(index: number, element: Json): void {
    const text = textOf(element);
    this.#known.set(text, (this.#known.get(text) ?? 0) + 1);
    if (isPrimary(element)) {
      this.#primaries.add(index);
    }
  }

  #demote(index: number): void {
    const element = this.#elements[index];
    if (!isJsonObject(element)) {
      return;
    }
    const text = textOf(element);
    const others = (this.#known.get(text) ?? 1) - 1;
    if (others > 0) {
      this.#known.set(text, others);
    } else {
      this.#known.delete(text);
    }
    this.#primaries.delete(index);
    const demoted = { ...element, primary: false };
    this.#elements[index] = demoted;
    this.#note(index, demoted);
  }
}

function isPrimary(element: Json): boolean {
  return isJsonObject(element) && element.primary === true;
}

/** Equal for equal elements: those from the database have their members in another order. */
export function textOf(element: Json): string {
  return JSON.stringify(
    isJsonObject(element)
      ? Object.fromEntries(Object.entries(element).sort(([left], [right]) => (left < right ? -1 : 1)))
      : element,
  );
}
