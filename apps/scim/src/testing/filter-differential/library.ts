import * as library from "scim2-parse-filter";
import type { Filter } from "../../filter/ast.ts";

/** The tree of scim2-parse-filter, or null where it refuses the text: it throws errors of every kind. */
export function parseByLibrary(text: string): library.Filter | null {
  try {
    return library.parse(text);
  } catch {
    return null;
  }
}

/** The library's tree in our words. */
export function translate(filter: library.Filter): Filter {
  switch (filter.op) {
    case "and":
    case "or":
      return { kind: filter.op, filters: filter.filters.map(translate) };
    case "not":
      return { kind: "not", filter: translate(filter.filter) };
    case "[]":
      return { kind: "elements", path: filter.attrPath, filter: translate(filter.valFilter) };
    case "pr":
      return { kind: "present", path: filter.attrPath };
    default:
      return { kind: "compare", path: filter.attrPath, operator: filter.op, value: filter.compValue };
  }
}

/** `a and (b and c)` as `a and b and c`, which means the same: one form of both trees. */
export function flatten(filter: Filter): Filter {
  switch (filter.kind) {
    case "and":
    case "or": {
      const filters = filter.filters
        .map(flatten)
        .flatMap((each) => (each.kind === filter.kind ? each.filters : [each]));
      return { kind: filter.kind, filters };
    }
    case "not":
    case "elements":
      return { ...filter, filter: flatten(filter.filter) };
    default:
      return filter;
  }
}
