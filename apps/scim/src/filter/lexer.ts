import { badRequest } from "../protocol/error.ts";
import { isStorable } from "../protocol/json.ts";
import type { Literal } from "./ast.ts";

export type Token =
  | { readonly kind: "literal"; readonly value: Literal; readonly at: number }
  | { readonly kind: "word"; readonly text: string; readonly at: number }
  | { readonly kind: "mark"; readonly text: "(" | ")" | "[" | "]"; readonly at: number };

// Each is anchored where the last token ended and can give back nothing: time grows with the length, and no faster.
const SPACE = /[ \t\r\n]*/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
// RFC 8259 §6: no leading zeros.
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.:$-])/y;
// Attribute names, sub-attributes, URNs before them, operators: `urn:…:2.0:User:name.givenName`, `$ref`, `.value`.
const WORD = /\.?[A-Za-z$][\w.:$/#-]*/y;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = skip(SPACE, text, 0);
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token.token);
    at = skip(SPACE, text, token.end);
  }
  return tokens;
}

function tokenAt(text: string, at: number): { token: Token; end: number } {
  const mark = text[at];
  if (mark === "(" || mark === ")" || mark === "[" || mark === "]") {
    return { token: { kind: "mark", text: mark, at }, end: at + 1 };
  }
  if (mark === '"') {
    return stringAt(text, at);
  }
  const number = match(NUMBER, text, at);
  if (number !== undefined) {
    return { token: { kind: "literal", value: finite(number, at), at }, end: at + number.length };
  }
  const word = match(WORD, text, at);
  if (word === undefined) {
    throw unreadable(at);
  }
  return { token: wordToken(word, at), end: at + word.length };
}

// RFC 7644 §3.4.2.2: a compValue is a JSON value, so strings have JSON's escapes, and no other.
function stringAt(text: string, at: number): { token: Token; end: number } {
  const raw = match(STRING, text, at);
  if (raw === undefined) {
    throw unreadable(at, "the quote opened here is never closed");
  }
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    throw unreadable(at, "the string has an escape or a control character that JSON does not allow");
  }
  if (typeof value !== "string" || !isStorable(value)) {
    throw unreadable(at, "the string holds NUL or half of a surrogate pair");
  }
  return { token: { kind: "literal", value, at }, end: at + raw.length };
}

function wordToken(text: string, at: number): Token {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") {
    return { kind: "literal", value: lower === "true", at };
  }
  return lower === "null" ? { kind: "literal", value: null, at } : { kind: "word", text, at };
}

function finite(text: string, at: number): number {
  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw unreadable(at, "the number is too large");
  }
  return value;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function skip(pattern: RegExp, text: string, at: number): number {
  return at + (match(pattern, text, at)?.length ?? 0);
}

export function unreadable(at: number, what = "this is not SCIM filter syntax"): Error {
  return badRequest("invalidFilter", `The filter cannot be read at character ${at + 1}: ${what}.`);
}
