import { ScimError } from "../protocol/error.ts";
import type { JsonObject } from "../protocol/json.ts";
import {
  MAX_INPUT_CHARACTERS,
  MAX_INPUT_VALUES,
  MAX_RESOURCE_BYTES,
  MAX_RESOURCE_VALUES,
} from "../protocol/limits.ts";

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
 * 413 when what is to be stored of a resource is too large: whatever one request gave, it is the sum that is read into
 * memory by the next. What was stored before there was a bound may stay, and shrink, but not grow.
 * @param before what is stored now, where something is
 */
export function requireBounded(resource: JsonObject, before?: JsonObject): void {
  const size = { characters: 0, values: 0 };
  add(size, resource, MAX_RESOURCE_BYTES, MAX_RESOURCE_VALUES);
  const excess = excessOf(resource, size);
  if (excess === undefined || (before !== undefined && !isLarger(resource, before))) {
    return;
  }
  throw new ScimError(
    413,
    `The resource would hold more than ${excess}. Store fewer or shorter values; nothing was changed.`,
  );
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

function excessOf(resource: JsonObject, { characters, values }: Size): string | undefined {
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
