import { isObject } from "../protocol/json.ts";

const REFERENCE = /bulkId:([^"\]\s]+)/g;

/** The bulkIds that a value refers to: RFC 7644 §3.7.2. */
export function referencesIn(value: unknown): Set<string> {
  const found = new Set<string>();
  visit(value, (text) => {
    for (const [, id] of text.matchAll(REFERENCE)) if (id !== undefined) found.add(id);
    return text;
  });
  return found;
}

/** The value with the ids in place that the operations referred to have got. */
export function withIds(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  return visit(value, (text) => text.replace(REFERENCE, (whole, id: string) => ids.get(id) ?? whole));
}

// A reference is a whole text, or stands in a PATCH path such as members[value eq "bulkId:a"].
function visit(value: unknown, change: (text: string) => string, key = ""): unknown {
  if (typeof value === "string")
    return value.startsWith("bulkId:") || key.toLowerCase() === "path" ? change(value) : value;
  if (Array.isArray(value)) return value.map((item) => visit(item, change, key));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, change, name)]));
}
