import { type Json, LazyList } from "../protocol/json.ts";

/** Elements of an array from which on it is written piece by piece, and of each piece. */
const MANY = 1_000;

/**
 * Whether a document holds a list that is better not in memory as one text, nor as one buffer: a group of 100,000
 * members is 22 MB of JSON.
 */
export function isLong(value: Json | undefined): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof LazyList) return value.length > MANY;
  return Array.isArray(value) ? value.length > MANY || value.some(isLong) : Object.values(value).some(isLong);
}

/** The JSON text of a value, in pieces: the same as `JSON.stringify` makes in one. */
export function* jsonPieces(value: Json): Generator<string, void, undefined> {
  if (!isLong(value) || typeof value !== "object" || value === null) yield JSON.stringify(value);
  else if (Array.isArray(value) || value instanceof LazyList) yield* piecesOfList(value);
  else {
    let separator = "{";
    for (const [name, inner] of Object.entries(value)) {
      yield `${separator}${JSON.stringify(name)}:`;
      yield* jsonPieces(inner);
      separator = ",";
    }
    yield "}";
  }
}

function* piecesOfList(list: readonly Json[] | LazyList): Generator<string, void, undefined> {
  let separator = "[";
  for (let start = 0; start < list.length; start += MANY) {
    const part = list.slice(start, start + MANY);
    if (isLong(part)) {
      for (const element of part) {
        yield separator;
        yield* jsonPieces(element);
        separator = ",";
      }
    } else {
      yield `${separator}${JSON.stringify(part).slice(1, -1)}`;
      separator = ",";
    }
  }
  yield "]";
}
