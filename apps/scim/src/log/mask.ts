import { cutText, storableJson } from "@sallyport/database";
import { isObject, LazyList, storable } from "../protocol/json.ts";

const MASK = "***";
// Whatever the schema says, a name like these holds a secret.
const SECRET_NAME = /password|passwd|secret|token|credential|private_?key|authorization/i;
/** Longest body that the request log keeps, in characters. */
const MAX_LOGGED = 32_768;
/** Longest path, with its query. */
const MAX_PATH = 2_000;
/** Longest body that is written out to see how long it is. */
const MAX_WRITTEN = 262_144;

/**
 * A body as the request log keeps it, as JSON text: secrets masked under every key, also where a PATCH names the
 * attribute in `path`, and what filters compare with. A body that is too long leaves only its length, or that it was.
 */
export function loggedBody(body: unknown): string | null {
  if (body === undefined) {
    return null;
  }
  if (rest(body, MAX_WRITTEN) < 0) {
    return JSON.stringify({ truncated: true });
  }
  const whole = JSON.stringify(body);
  if (whole.length > MAX_LOGGED) {
    return JSON.stringify({ truncated: true, characters: whole.length });
  }
  // Hardly any body has a name like that: then there is nothing to look for in it.
  const text = SECRET_NAME.test(whole) ? JSON.stringify(masked(JSON.parse(whole))) : whole;
  // PostgreSQL refuses what is not storable as soon as somebody looks into the body.
  return storableJson(text);
}

/** What of so many characters a value leaves, as JSON writes it at least; below 0 for a longer one, of which no more is looked at. */
function rest(value: unknown, characters: number): number {
  if (value instanceof LazyList) {
    return value.rest === undefined ? characters - 2 * value.length : Number.NEGATIVE_INFINITY;
  }
  if (typeof value === "string") {
    return characters - value.length;
  }
  if (typeof value !== "object" || value === null) {
    return characters - 1;
  }
  let left = characters;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    left = rest(inner, left - 1);
    if (left < 0) {
      return left;
    }
  }
  return left;
}

/** A path with its query as the request log keeps it: readable, and without what is compared with a secret's name. */
export function loggedPath(path: string): string {
  const [route = "", query] = split(path);
  if (query === undefined) {
    return cutText(storable(route), MAX_PATH);
  }
  const text = SECRET_NAME.test(query) ? MASK : query;
  return cutText(storable(`${route}?${text}`), MAX_PATH);
}

function split(path: string): readonly [string, string | undefined] {
  const at = path.indexOf("?");
  if (at < 0) {
    return [path, undefined];
  }
  return [path.slice(0, at), decoded(path.slice(at + 1))];
}

// As the server reads a query (URLSearchParams): a malformed escape stands for itself and hides none of the others.
function decoded(query: string): string {
  return query
    .replaceAll("+", " ")
    .replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll("%", ""), "hex").toString());
}

// What a filter compares with: a quoted value, one that another text quotes, or a bare one.
const COMPARED = /(\b(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+)(?:\\"(?:(?!\\").)*|"(?:[^"\\]|\\.)*|[^\s")\]]+)/gis;

function withoutComparisons(text: string): string {
  return SECRET_NAME.test(text) ? text.replace(COMPARED, `$1"${MASK}`) : text;
}

function masked(value: unknown): unknown {
  if (typeof value === "string") {
    return withoutComparisons(value);
  }
  if (Array.isArray(value)) {
    return value.map(masked);
  }
  if (!isObject(value)) {
    return value;
  }
  const pathIsSecret = Object.entries(value).some(
    ([key, inner]) => key.toLowerCase() === "path" && typeof inner === "string" && SECRET_NAME.test(inner),
  );
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const secret = SECRET_NAME.test(key) || (pathIsSecret && key.toLowerCase() === "value");
    return [key, secret ? MASK : masked(inner)];
  });
  return Object.fromEntries(entries);
}
