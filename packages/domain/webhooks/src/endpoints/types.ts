import { catalogue } from "@sallyport/events";

const TYPES = Object.keys(catalogue);
const PATTERNS: ReadonlySet<string> = new Set([
  ...TYPES,
  ...TYPES.map((type) => `${type.slice(0, type.indexOf("."))}.*`),
]);

/** Whether this is a type of the catalogue, or all of one resource's: "membership.*". */
export function isTypePattern(text: string): boolean {
  return PATTERNS.has(text);
}

/** Whether an endpoint of these types is told of an event. None: of every one, also of types to come. */
export function matchesType(types: readonly string[], type: string): boolean {
  return (
    types.length === 0 || types.includes(type) || types.includes(`${type.slice(0, type.indexOf("."))}.*`)
  );
}
