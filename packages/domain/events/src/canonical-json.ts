/** Deeper than anything that is recorded. */
const DEEPEST = 100;

/**
 * The one form of a JSON value that has all the same members (RFC 8785): no blanks, names in the order of their UTF-16
 * units, numbers and strings as ECMAScript writes them. Throws a `RangeError` on what is no JSON value, or too deep.
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > DEEPEST) {
    throw new RangeError("Too deep for a canonical form");
  }
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonicalJson(item, depth + 1)).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member, depth + 1)}`);
    return `{${members.join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError("Not a JSON number");
  }
  const text = JSON.stringify(value);
  if (text === undefined) {
    throw new RangeError("Not a JSON value");
  }
  return text;
}
