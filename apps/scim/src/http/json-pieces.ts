import { type Json, LazyList } from "../protocol/json.ts";

/** Elements of an array from which on it is written piece by piece, and of each piece. */
const MANY = 1_000;

/**
 * Whether a document holds a list that is better not in memory as one text, nor as one buffer: a group of 100,000
 * members is 22 MB of JSON.
 */
export function isLong(value: Json | readonly Json[] | undefined): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  if (value instanceof LazyList) {
    return value.length > MANY || value.rest !== undefined;
  }
  return Array.isArray(value) ? value.length > MANY || value.some(isLong) : Object.values(value).some(isLong);
}

/** The JSON text of a value, in pieces: the same as `JSON.stringify` makes in one. */
export async function* jsonPieces(value: Json): AsyncGenerator<string, void, undefined> {
  if (!isLong(value) || typeof value !== "object" || value === null) {
    yield JSON.stringify(value);
  } else if (Array.isArray(value) || value instanceof LazyList) {
    yield* piecesOfList(value);
  } else {
    let separator = "{";
    for (const [name, inner] of Object.entries(value)) {
      yield `${separator}${JSON.stringify(name)}:`;
      yield* jsonPieces(inner);
      separator = ",";
    }
    yield "}";
  }
}

async function* piecesOfList(list: readonly Json[] | LazyList): AsyncGenerator<string, void, undefined> {
  let separator = "[";
  for await (const part of partsOf(list)) {
    if (isLong(part)) {
      for (const element of part) {
        yield separator;
        yield* jsonPieces(element);
        separator = ",";
      }
    } else if (part.length > 0) {
      yield `${separator}${JSON.stringify(part).slice(1, -1)}`;
      separator = ",";
    }
  }
  yield separator === "[" ? "[]" : "]";
}

async function* partsOf(list: readonly Json[] | LazyList): AsyncGenerator<readonly Json[]> {
  for (let start = 0; start < list.length; start += MANY) {
    yield list.slice(start, start + MANY);
  }
  if (list instanceof LazyList && list.rest !== undefined) {
    yield* list.rest();
  }
}
