/** What is small as a text can take all memory as values, or overflow a stack: 1 MB of `{},` are 350,000 objects. */
export interface JsonBounds {
  /** Most objects, lists and elements together. What stands within a string counts, too. */
  readonly values: number;
  /** Deepest nesting. */
  readonly depth: number;
  /** Most names of one object. */
  readonly names: number;
}

export type BoundedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly excess: keyof JsonBounds | "malformed" };

/** Parses JSON from outside. What goes beyond the bound on values is never parsed. */
export function parseBoundedJson(text: string, bounds: JsonBounds): BoundedJson {
  if (hasMoreValues(text, bounds.values)) {
    return { ok: false, excess: "values" };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, excess: "malformed" };
  }
  const excess = excessOf(value, bounds.depth, bounds.names);
  return excess === undefined ? { ok: true, value } : { ok: false, excess };
}

const [COMMA, BRACE, BRACKET] = [",", "{", "["].map((character) => character.charCodeAt(0));

/** Whether a text may hold more than `most` values: each begins behind a comma, a brace or a bracket. Parses nothing. */
function hasMoreValues(text: string, most: number): boolean {
  if (text.length <= most) {
    return false;
  }
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === COMMA || code === BRACE || code === BRACKET) {
      count += 1;
    }
  }
  return count > most;
}

function excessOf(value: unknown, depth: number, names: number): "depth" | "names" | undefined {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  if (depth === 0) {
    return "depth";
  }
  const children = Object.values(value);
  if (children.length > names && !Array.isArray(value)) {
    return "names";
  }
  for (const child of children) {
    const excess = excessOf(child, depth - 1, names);
    if (excess !== undefined) {
      return excess;
    }
  }
  return undefined;
}
