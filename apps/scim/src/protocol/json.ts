export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

/** A JSON object from outside, whose keys are anything. Read it with `Object.entries`, never by a key from outside. */
export type UnknownObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is UnknownObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What `object` itself holds under `name`; a name that only its prototype knows ("constructor") is not there. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The value of a key from outside, in whatever case it was sent (RFC 7643 §2.1: names are case-insensitive). */
export function member(object: UnknownObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const lower = name.toLowerCase();
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === lower);
  return key === undefined ? undefined : object[key];
}

/** Whether objects and arrays nest deeper than `limit`: what would overflow a stack, ours or PostgreSQL's. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (limit === 0) return true;
  for (const child of Object.values(value)) if (isDeeperThan(child, limit - 1)) return true;
  return false;
}

/** Whether any object holds more than `limit` names. */
export function isWiderThan(value: unknown, limit: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  const children = Object.values(value);
  if (children.length > limit && !Array.isArray(value)) return true;
  return children.some((child) => isWiderThan(child, limit));
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
