// JSON.parse takes a text of 10 MB in one go, and nobody else is served meanwhile. Parsers that take a text in pieces were
// not used: they make each value by themselves, which takes several times as long and needs the care that __proto__ wants.
// Here JSON.parse makes all values, of short runs of elements; only where those begin and end is found out before.
import { type BoundedJson, type JsonBounds, parseBoundedJson } from "@sallyport/bounded-json";
import type { UnknownObject } from "../protocol/json.ts";
import { Slice, type Sliced } from "../protocol/slices.ts";

const [COMMA, BRACE, BRACKET, BRACE_END, BRACKET_END, QUOTE, BACKSLASH] = [...',{[}]"\\'].map((character) =>
  character.charCodeAt(0),
);
/** Characters that are looked at in about the time of one unit of work. */
const CHARACTERS_PER_UNIT = 64;

/** Characters that JSON.parse takes at once. */
const RUN = 32_768;

/** Why a text is not parsed. */
class Refusal extends Error {
  readonly excess: Extract<BoundedJson, { ok: false }>["excess"];

  constructor(excess: Refusal["excess"]) {
    super(excess);
    this.excess = excess;
  }
}

/**
 * Parses JSON from outside as `parseBoundedJson` does, slice by slice.
 * @param run characters that are parsed at once
 */
export function* parseJsonInSlices(text: string, bounds: JsonBounds, run = RUN): Sliced<BoundedJson> {
  try {
    return { ok: true, value: yield* parseWhole(text, bounds, run) };
  } catch (error) {
    if (error instanceof Refusal) {
      return { ok: false, excess: error.excess };
    }
    throw error;
  }
}

function* parseWhole(text: string, bounds: JsonBounds, run: number): Sliced<unknown> {
  const large = yield* findLarge(text, bounds, run);
  const start = skipSpace(text, 0);
  const end = large.get(start);
  if (end === undefined) {
    return parsed(text, bounds);
  }
  const value = yield* new Maker(text, large, bounds, run).make(start, end);
  if (skipSpace(text, end + 1) < text.length) {
    throw new Refusal("malformed");
  }
  return value;
}

/** Where each object and list that is longer than a run begins and ends. */
function* findLarge(text: string, bounds: JsonBounds, run: number): Sliced<ReadonlyMap<number, number>> {
  const slice = new Slice();
  const scan = new Scan(text, bounds, run);
  while (scan.goOn(run)) {
    if (slice.isFull(run / CHARACTERS_PER_UNIT)) {
      yield;
    }
  }
  return scan.large;
}

class Scan {
  readonly large = new Map<number, number>();
  readonly #text: string;
  readonly #bounds: JsonBounds;
  readonly #run: number;
  readonly #open: number[] = [];
  #at = 0;
  #values = 0;
  #isInString = false;

  constructor(text: string, bounds: JsonBounds, run: number) {
    this.#text = text;
    this.#bounds = bounds;
    this.#run = run;
  }

  /** Looks at so many characters more; false at the end. */
  goOn(count: number): boolean {
    const text = this.#text;
    const end = Math.min(text.length, this.#at + count);
    let at = this.#at;
    for (; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#isInString) {
        if (code === BACKSLASH) {
          at += 1;
        } else if (code === QUOTE) {
          this.#isInString = false;
        }
      } else if (code === QUOTE) {
        this.#isInString = true;
      } else if (code === COMMA) {
        this.#values += 1;
      } else if (code === BRACE || code === BRACKET) {
        this.#begin(at);
      } else if (code === BRACE_END || code === BRACKET_END) {
        this.#end(at, code === BRACE_END ? BRACE : BRACKET);
      }
    }
    this.#at = at;
    if (this.#values > this.#bounds.values) {
      throw new Refusal("values");
    }
    if (at < text.length) {
      return true;
    }
    if (this.#open.length > 0) {
      throw new Refusal("malformed");
    }
    return false;
  }

  #begin(at: number): void {
    this.#values += 1;
    this.#open.push(at);
    if (this.#open.length > this.#bounds.depth) {
      throw new Refusal("depth");
    }
  }

  #end(at: number, mark: number | undefined): void {
    const start = this.#open.pop();
    if (start === undefined || this.#text.charCodeAt(start) !== mark) {
      throw new Refusal("malformed");
    }
    if (at - start > this.#run) {
      this.large.set(start, at);
    }
  }
}

class Maker {
  readonly #text: string;
  readonly #large: ReadonlyMap<number, number>;
  readonly #bounds: JsonBounds;
  readonly #run: number;
  readonly #slice = new Slice();

  constructor(text: string, large: ReadonlyMap<number, number>, bounds: JsonBounds, run: number) {
    this.#text = text;
    this.#large = large;
    this.#bounds = bounds;
    this.#run = run;
  }

  /** The large object or list that begins and ends there. */
  make(start: number, end: number): Sliced<unknown> {
    return this.#text.charCodeAt(start) === BRACE ? this.#object(start, end) : this.#list(start, end);
  }

  *#list(start: number, end: number): Sliced<unknown[]> {
    const list: unknown[] = [];
    for (const part of this.#parts(start, end)) {
      const elements = parsed(`[${part.text}]`, this.#bounds);
      if (!Array.isArray(elements)) {
        continue; // of a text in [ ] JSON.parse makes nothing else
      }
      for (const element of elements) {
        list.push(element);
      }
      if (part.large !== undefined) {
        list[list.length - 1] = yield* this.make(...part.large);
      }
      if (this.#slice.isFull(part.text.length / CHARACTERS_PER_UNIT)) {
        yield;
      }
    }
    return list;
  }

  *#object(start: number, end: number): Sliced<UnknownObject> {
    const object = {};
    for (const part of this.#parts(start, end)) {
      const entries = Object.entries(Object(parsed(`{${part.text}}`, this.#bounds)));
      for (const [name, value] of entries) {
        define(object, name, value);
      }
      if (part.large !== undefined) {
        define(object, JSON.parse(part.name), yield* this.make(...part.large));
      }
      if (this.#slice.isFull(part.text.length / CHARACTERS_PER_UNIT)) {
        yield;
      }
      if (Object.keys(object).length > this.#bounds.names) {
        throw new Refusal("names");
      }
    }
    return object;
  }

  /**
   * The elements of a list, or entries of an object, in runs: as text, in which the last value is null where it is large
   * itself and stands elsewhere.
   */
  *#parts(start: number, end: number): Generator<Part> {
    const text = this.#text;
    let from = start + 1;
    let isBehindComma = false;
    let nested = 0;
    let name: [start: number, end: number] = [from, from];
    for (let at = from; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        const closing = endOfString(text, at);
        if (nested === 0) {
          name = [at, closing + 1];
        }
        at = closing;
      } else if (isClosing(code)) {
        nested -= 1;
      } else if (isOpening(code)) {
        const closing = nested === 0 ? this.#large.get(at) : undefined;
        if (closing === undefined) {
          nested += 1;
          continue;
        }
        yield { text: `${text.slice(from, at)}null`, large: [at, closing], name: text.slice(...name) };
        at = skipSpace(text, closing + 1);
        if (at === end) {
          return;
        }
        if (text.charCodeAt(at) !== COMMA) {
          throw new Refusal("malformed");
        }
        from = at + 1;
        isBehindComma = true;
      } else if (code === COMMA && nested === 0 && at - from >= this.#run) {
        yield partOf(text.slice(from, at), true);
        from = at + 1;
        isBehindComma = true;
      }
    }
    yield partOf(text.slice(from, end), isBehindComma);
  }
}

interface Part {
  readonly text: string;
  readonly large: [start: number, end: number] | undefined;
  /** Of the large value in an object, as JSON text. */
  readonly name: string;
}

/** Nothing is an element only where there is no comma. */
function partOf(text: string, isElement: boolean): Part {
  if (isElement && skipSpace(text, 0) === text.length) {
    throw new Refusal("malformed");
  }
  return { text, large: undefined, name: "" };
}

// As JSON.parse does: a name of the object's own, whatever objects inherit under it.
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

function parsed(text: string, bounds: JsonBounds): unknown {
  const result = parseBoundedJson(text, bounds);
  if (!result.ok) {
    throw new Refusal(result.excess);
  }
  return result.value;
}

function isOpening(code: number): boolean {
  return code === BRACE || code === BRACKET;
}

function isClosing(code: number): boolean {
  return code === BRACE_END || code === BRACKET_END;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      at += 1;
    } else if (code === QUOTE) {
      return at;
    }
  }
  throw new Refusal("malformed");
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && " \t\r\n".includes(text.charAt(at))) {
    at += 1;
  }
  return at;
}
