import { isDeepStrictEqual } from "node:util";
import { ScimError } from "../protocol/error.ts";
import { isJsonObject, type JsonObject, own } from "../protocol/json.ts";
import {
  MAX_INPUT_CHARACTERS,
  MAX_INPUT_VALUES,
  MAX_RESOURCE_BYTES,
  MAX_RESOURCE_VALUES,
} from "../protocol/limits.ts";
import type { Reading } from "../quirks/reading.ts";

/** JSON writes a character as six bytes at most (\u0001), and a number with the marks around it as thirty. */
const MAX_BYTES_PER_CHARACTER = 6;
const MAX_BYTES_PER_VALUE = 30;

interface Size {
  /** Of all texts, names too. */
  characters: number;
  /** Objects, lists and simple values. */
  values: number;
}

/**
 * What is to be stored of a resource: 413 when that is too large. Whatever one request gave, it is the sum that is read
 * into memory by the next. What was stored before there was a bound may stay, and shrink, but not grow. Where the client's
 * quirks say so, the largest of what a request changes stays as it was, with a note, until the rest fits.
 * @param before what is stored now; empty for a new resource
 */
export function bounded(resource: JsonObject, before: JsonObject, reading: Reading): JsonObject {
  let kept = resource;
  for (;;) {
    const excess = excessOf(kept);
    if (excess === undefined || !isLarger(kept, before)) {
      return kept;
    }
    const place = reading.has("dropsWhatItCannotKeep") ? largestChange(kept, before) : undefined;
    if (place === undefined) {
      throw new ScimError(
        413,
        `The resource would hold more than ${excess}. Store fewer or shorter values; nothing was changed.`,
      );
    }
    kept = restored(kept, before, place);
    reading.note(`Left out: ${place.join(":")}, since the resource would hold more than ${excess}.`);
  }
}

/** An attribute, or one of an extension. */
type Place = readonly [name: string] | readonly [extension: string, name: string];

/** Identifying attributes are never left out. */
const IDENTIFYING = "emails";

function largestChange(after: JsonObject, before: JsonObject): Place | undefined {
  const places = Object.entries(after).flatMap(([name, value]): Place[] =>
    name.includes(":") && isJsonObject(value) ? Object.keys(value).map((inner) => [name, inner]) : [[name]],
  );
  const changed = places.filter(
    (place) => place[0] !== IDENTIFYING && !isDeepStrictEqual(at(after, place), at(before, place)),
  );
  const weights = changed.map((place) => weightOf(at(after, place)));
  return changed[weights.indexOf(Math.max(...weights))];
}

function at(resource: JsonObject, [first, second]: Place) {
  const value = own(resource, first);
  return second === undefined || !isJsonObject(value) ? value : own(value, second);
}

function weightOf(value: unknown): number {
  const { characters, values } = sizeOf(value);
  return characters + values * MAX_BYTES_PER_VALUE;
}

function restored(after: JsonObject, before: JsonObject, place: Place): JsonObject {
  const [first, second] = place;
  if (second === undefined) {
    return withMember(after, first, own(before, first));
  }
  const holder = own(after, first);
  return withMember(after, first, withMember(isJsonObject(holder) ? holder : {}, second, at(before, place)));
}

function withMember(object: JsonObject, name: string, value: JsonObject[string] | undefined): JsonObject {
  const { [name]: _former, ...rest } = object;
  return value === undefined ? rest : { ...rest, [name]: value };
}

/** 413 when a request says so much of a resource that reading it would take long: before anything of it is read. */
export function requireReadable(input: unknown): void {
  const size = { characters: 0, values: 0 };
  add(size, input, MAX_INPUT_CHARACTERS, MAX_INPUT_VALUES);
  if (size.characters <= MAX_INPUT_CHARACTERS && size.values <= MAX_INPUT_VALUES) {
    return;
  }
  throw new ScimError(
    413,
    `The request says more of a resource than ${MAX_INPUT_VALUES} values or ${MAX_INPUT_CHARACTERS} characters. Send fewer at a time.`,
  );
}

function excessOf(resource: JsonObject): string | undefined {
  const size = { characters: 0, values: 0 };
  add(size, resource, MAX_RESOURCE_BYTES, MAX_RESOURCE_VALUES);
  const { characters, values } = size;
  if (values > MAX_RESOURCE_VALUES) {
    return `${MAX_RESOURCE_VALUES} values`;
  }
  // Nearly every resource is so small that nothing has to be written to know it.
  if (characters * MAX_BYTES_PER_CHARACTER + values * MAX_BYTES_PER_VALUE <= MAX_RESOURCE_BYTES) {
    return undefined;
  }
  const isTooLarge =
    characters > MAX_RESOURCE_BYTES || Buffer.byteLength(JSON.stringify(resource)) > MAX_RESOURCE_BYTES;
  return isTooLarge ? `${MAX_RESOURCE_BYTES} bytes` : undefined;
}

function isLarger(after: JsonObject, before: JsonObject): boolean {
  const [one, other] = [sizeOf(after), sizeOf(before)];
  return one.characters > other.characters || one.values > other.values;
}

/** What a value takes. */
export function sizeOf(value: unknown): Size {
  const size = { characters: 0, values: 0 };
  add(size, value, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  return size;
}

/** Adds up a value, and stops as soon as it is beyond the limits. */
function add(size: Size, value: unknown, maxCharacters: number, maxValues: number): void {
  size.values += 1;
  if (typeof value === "string") {
    size.characters += value.length;
  }
  if (typeof value !== "object" || value === null) {
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) {
      size.characters += name.length;
    }
    add(size, inner, maxCharacters, maxValues);
    if (size.characters > maxCharacters || size.values > maxValues) {
      return;
    }
  }
}
