export type Json = null | boolean | number | string | Json[] | JsonObject | LazyList;
export interface JsonObject {
  [name: string]: Json;
}

/**
 * A list of an answer whose elements are made while it is written, and not before: the members of a group of 100,000,
 * with a URI each, would take several times the memory of their ids and names. Of a long one only the first are here; the
 * rest is read when these are written.
 */
export class LazyList {
  /** Of those that are here. */
  readonly length: number;
  /** Pages of those behind; undefined when all are here. */
  readonly rest: (() => AsyncIterable<JsonObject[]>) | undefined;
  readonly #slice: (start: number, end: number) => JsonObject[];

  private constructor(
    length: number,
    slice: (start: number, end: number) => JsonObject[],
    rest: (() => AsyncIterable<JsonObject[]>) | undefined,
  ) {
    this.length = length;
    this.rest = rest;
    this.#slice = slice;
  }

  static of<Source>(
    sources: readonly Source[],
    make: (source: Source) => JsonObject,
    rest?: () => AsyncIterable<readonly Source[]>,
  ): LazyList {
    const slice = (start: number, end: number) => sources.slice(start, end).map(make);
    return new LazyList(sources.length, slice, rest && (() => eachMade(rest(), make)));
  }

  map(change: (element: JsonObject) => JsonObject): LazyList {
    const slice = (start: number, end: number) => this.#slice(start, end).map(change);
    const { rest } = this;
    return new LazyList(this.length, slice, rest && (() => eachMade(rest(), change)));
  }

  /** Makes those elements of the ones that are here, anew each time. */
  slice(start: number, end: number): JsonObject[] {
    return this.#slice(start, end);
  }

  toJSON(): JsonObject[] {
    if (this.rest !== undefined) {
      throw new Error("a list that is not all here can only be written in pieces");
    }
    return this.#slice(0, this.length);
  }
}

async function* eachMade<Source>(
  pages: AsyncIterable<readonly Source[]>,
  make: (source: Source) => JsonObject,
): AsyncGenerator<JsonObject[]> {
  for await (const page of pages) {
    yield page.map(make);
  }
}

/** A JSON object from outside, whose keys are anything. Read it with `Object.entries`, never by a key from outside. */
export type UnknownObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is UnknownObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof LazyList);
}

/** What `object` itself holds under `name`; a name that only its prototype knows ("constructor") is not there. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The value of a key from outside, in whatever case it was sent (RFC 7643 §2.1: names are case-insensitive). */
export function member(object: UnknownObject, name: string): unknown {
  if (Object.hasOwn(object, name)) {
    return object[name];
  }
  const lower = name.toLowerCase();
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === lower);
  return key === undefined ? undefined : object[key];
}

/** `member` of one object, for many names: an object of many names is looked through once, and not for each of them. */
export function members(object: UnknownObject): (name: string) => unknown {
  let byLower: Map<string, unknown> | undefined;
  return (name) => {
    if (Object.hasOwn(object, name)) {
      return object[name];
    }
    byLower ??= new Map(
      Object.entries(object)
        .reverse()
        .map(([key, value]) => [key.toLowerCase(), value]),
    );
    return byLower.get(name.toLowerCase());
  };
}

// PostgreSQL stores neither NUL nor half a surrogate pair, in text or in JSON.
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what we look for
const UNSTORABLE = /[\u0000\p{Surrogate}]/u;

export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** The text with every character that PostgreSQL refuses replaced. */
export function storable(text: string): string {
  return isStorable(text) ? text : text.replace(new RegExp(UNSTORABLE, "gu"), "\uFFFD");
}
