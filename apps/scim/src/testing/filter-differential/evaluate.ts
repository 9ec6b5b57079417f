import type * as library from "scim2-parse-filter";
import type { Filter, Literal, Operator } from "../../filter/ast.ts";
import type { Json } from "../../protocol/json.ts";

/** What a filter says of a resource: of our tree, and of the library's as it came, each walked by itself. */

export function holdsOfOurs(filter: Filter, resource: Json): boolean {
  switch (filter.kind) {
    case "and":
      return filter.filters.every((each) => holdsOfOurs(each, resource));
    case "or":
      return filter.filters.some((each) => holdsOfOurs(each, resource));
    case "not":
      return !holdsOfOurs(filter.filter, resource);
    case "elements":
      return valuesAt(resource, filter.path).some((element) => holdsOfOurs(filter.filter, element));
    case "present":
      return valuesAt(resource, filter.path).length > 0;
    case "compare":
      return compare(valuesAt(resource, filter.path), filter.operator, filter.value);
  }
}

export function holdsOfLibrarys(filter: library.Filter, resource: Json): boolean {
  switch (filter.op) {
    case "and":
      return !filter.filters.some((each) => !holdsOfLibrarys(each, resource));
    case "or":
      return filter.filters.some((each) => holdsOfLibrarys(each, resource));
    case "not":
      return !holdsOfLibrarys(filter.filter, resource);
    case "[]":
      return valuesAt(resource, filter.attrPath).some((each) => holdsOfLibrarys(filter.valFilter, each));
    case "pr":
      return valuesAt(resource, filter.attrPath).length > 0;
    default:
      return compare(valuesAt(resource, filter.attrPath), filter.op, filter.compValue);
  }
}

/** All values at a path, without regard to case (RFC 7643 §2.1); none where there is nothing. */
function valuesAt(resource: Json, path: string): Json[] {
  const names = path.slice(path.lastIndexOf(":") + 1).split(".");
  return names.reduce<Json[]>(
    (values, name) => values.flatMap((value) => children(value, name.toLowerCase())),
    [resource],
  );
}

function children(value: Json, name: string): Json[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [];
  }
  return Object.entries(value)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, child]) => child);
}

function compare(values: readonly Json[], operator: Operator, expected: Literal): boolean {
  if (operator === "ne") {
    return !compare(values, "eq", expected);
  }
  if (operator === "eq" && expected === null) {
    return values.length === 0;
  }
  return values.some((value) => {
    if (operator === "eq") {
      return value === expected;
    }
    if (typeof value === "string" && typeof expected === "string") {
      return compareText(value, operator, expected);
    }
    return typeof value === "number" && typeof expected === "number" && inOrder(value, operator, expected);
  });
}

function compareText(value: string, operator: Operator, expected: string): boolean {
  if (operator === "co") {
    return value.includes(expected);
  }
  if (operator === "sw") {
    return value.startsWith(expected);
  }
  return operator === "ew" ? value.endsWith(expected) : inOrder(value, operator, expected);
}

function inOrder<Value extends string | number>(value: Value, operator: Operator, expected: Value): boolean {
  if (operator === "gt") {
    return value > expected;
  }
  if (operator === "ge") {
    return value >= expected;
  }
  if (operator === "lt") {
    return value < expected;
  }
  return operator === "le" && value <= expected;
}
