import { badRequest } from "../protocol/error.ts";
import { isStorable, type Json } from "../protocol/json.ts";
import type { Quirks } from "../quirks/quirks.ts";
import type { Attribute } from "./attribute.ts";

/** Most characters of a value that an index holds: a B-tree entry must fit a third of a page (2,704 bytes). */
const MAX_INDEXED = 512;
/** Most characters of any other text. */
const MAX_TEXT = 65_536;

// xsd:dateTime (RFC 7643 §2.3.5), with the zone that an instant needs.
const DATE_TIME = /^-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** A simple value, checked against its attribute's type (RFC 7643 §2.3): 400 invalidValue when it is not of it. */
export function parseScalar(attribute: Attribute, input: unknown, path: string, quirks: Quirks): Json {
  switch (attribute.type) {
    case "boolean":
      return parseBoolean(input, path, quirks);
    case "integer":
    case "decimal":
      return parseNumber(attribute.type, input, path);
    default:
      return parseText(attribute, input, path, quirks);
  }
}

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ["true", true],
  ["false", false],
  ["1", true],
  ["0", false],
  [1, true],
  [0, false],
]);

/** `"True"`, `1` as true where the client writes so; undefined for what is no boolean. */
export function asBoolean(input: unknown, quirks: Quirks): boolean | undefined {
  if (typeof input === "boolean") {
    return input;
  }
  if (!quirks.has("booleansAsStrings")) {
    return undefined;
  }
  return BOOLEANS.get(typeof input === "string" ? input.trim().toLowerCase() : input);
}

/** An RFC 3339 instant in PostgreSQL's and JavaScript's range; undefined for what is none. */
export function asInstant(text: string): Date | undefined {
  if (!DATE_TIME.test(text)) {
    return undefined;
  }
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function parseBoolean(input: unknown, path: string, quirks: Quirks): boolean {
  const value = asBoolean(input, quirks);
  if (value === undefined) {
    throw badRequest("invalidValue", `${path} must be true or false.`);
  }
  return value;
}

function parseNumber(type: "integer" | "decimal", input: unknown, path: string): number {
  const valid =
    typeof input === "number" && (type === "integer" ? Number.isSafeInteger(input) : Number.isFinite(input));
  if (!valid) {
    throw badRequest("invalidValue", `${path} must be ${type === "integer" ? "an integer" : "a number"}.`);
  }
  return input;
}

function parseText(attribute: Attribute, given: unknown, path: string, quirks: Quirks): string {
  const input = asText(attribute, given, quirks);
  if (input === undefined) {
    throw badRequest("invalidValue", `${path} must be a string.`);
  }
  if (!isStorable(input)) {
    throw badRequest("invalidValue", `${path} holds NUL or half of a surrogate pair, which is not text.`);
  }
  const max = isIndexed(attribute) ? MAX_INDEXED : MAX_TEXT;
  if (input.length > max) {
    throw badRequest("invalidValue", `${path} is longer than ${max} characters.`);
  }
  if (attribute.type === "dateTime" && asInstant(input) === undefined) {
    throw badRequest(
      "invalidValue",
      `${path} must be a date and time with its zone, as 2026-11-24T09:00:00Z.`,
    );
  }
  if (attribute.type === "binary" && !BASE64.test(input)) {
    throw badRequest("invalidValue", `${path} must be base64.`);
  }
  return input;
}

function asText(attribute: Attribute, given: unknown, quirks: Quirks): string | undefined {
  if (typeof given === "number" && quirks.has("looselyShapedValues")) {
    return String(given);
  }
  if (typeof given !== "string") {
    return undefined;
  }
  // Base64 comes in lines where it was taken out of a PEM file.
  return attribute.type === "binary" ? given.replace(/\s+/g, "") : trimmed(attribute, given);
}

/** The text without the space around it, where that is no part of the attribute's values. */
export function trimmed(attribute: Attribute, text: string): string {
  return attribute.trimmed === true ? text.trim() : text;
}

function isIndexed({ stored }: Attribute): boolean {
  return stored.in === "column" || (stored.in === "resource" && stored.indexed === true);
}
