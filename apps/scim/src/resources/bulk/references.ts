import { isObject } from "../../protocol/json.ts";
import { Slice, type Sliced } from "../../protocol/slices.ts";

const REFERENCE = /bulkId:([^"\]\s]+)/g;

/** The bulkIds that a value refers to: RFC 7644 §3.7.2. */
export function* referencesIn(value: unknown): Sliced<Set<string>> {
  const found = new Set<string>();
  yield* visit(value, (text) => {
    for (const [, id] of text.matchAll(REFERENCE)) {
      if (id !== undefined) {
        found.add(id);
      }
    }
    return text;
  });
  return found;
}

/** The value with the ids in place that the operations referred to have got. */
export function* withIds(value: unknown, ids: ReadonlyMap<string, string>): Sliced<unknown> {
  return yield* visit(value, (text) => idsIn(text, ids));
}

/** The same of a text. */
export function idsIn(text: string, ids: ReadonlyMap<string, string>): string {
  return text.replace(REFERENCE, (whole, id: string) => ids.get(id) ?? whole);
}

// A reference is a whole text, or stands in a PATCH path such as members[value eq "bulkId:a"].
function* visit(
  value: unknown,
  change: (text: string) => string,
  key = "",
  slice = new Slice(),
): Sliced<unknown> {
  if (slice.isFull()) {
    yield;
  }
  if (typeof value === "string") {
    return value.startsWith("bulkId:") || key.toLowerCase() === "path" ? change(value) : value;
  }
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    for (const item of value) {
      list.push(yield* visit(item, change, key, slice));
    }
    return list;
  }
  if (!isObject(value)) {
    return value;
  }
  const entries: [string, unknown][] = [];
  for (const [name, item] of Object.entries(value)) {
    entries.push([name, yield* visit(item, change, name, slice)]);
  }
  return Object.fromEntries(entries);
}
