import { badRequest } from "../protocol/error.ts";
import { findAttribute } from "../schema/attribute.ts";
import type { Compare, Filter } from "./ast.ts";
import { compareConstant, compareSchemas, compareSingle } from "./compare.ts";
import type { Compilation } from "./compilation.ts";
import { compileElements, compileList } from "./elements.ts";
import { type Field, fieldOf } from "./field.ts";
import { compileMembership, isInAny } from "./membership.ts";

/**
 * The SQL condition of a filter (RFC 7644 §3.4.2.2) over the row `r`: every value is a parameter, every name comes
 * from the schema. A condition may be null where an attribute is unassigned: a WHERE and `IS NOT TRUE` read both
 * alike, and indexes stay usable. 400 invalidFilter for what cannot be asked.
 */
export function compileFilter(filter: Filter, compilation: Compilation): string {
  switch (filter.kind) {
    case "and":
      return joined(filter.filters, " AND ", compilation);
    case "or":
      return joined(filter.filters, " OR ", compilation);
    case "not":
      return `((${compileFilter(filter.filter, compilation)}) IS NOT TRUE)`;
    case "present":
      return present(fieldOf(compilation.type, filter.path, compilation.quirks));
    case "compare":
      return compare(filter, compilation);
    case "elements":
      return elements(filter.path, filter.filter, compilation);
  }
}

function joined(filters: readonly Filter[], by: string, compilation: Compilation): string {
  return `(${filters.map((filter) => compileFilter(filter, compilation)).join(by)})`;
}

function present(field: Field): string {
  switch (field.kind) {
    case "single":
      return `(${field.column?.name ?? field.text} IS NOT NULL)`;
    case "list":
      return field.sub === undefined
        ? `(${field.array} IS NOT NULL)`
        : compileList(field, { kind: "present", path: "value" }, undefined);
    case "object":
      return `(${field.json} IS NOT NULL)`;
    case "membership":
      return isInAny(field);
    case "constant":
    case "schemas":
      return "TRUE";
  }
}

function compare(filter: Compare, compilation: Compilation): string {
  const field = fieldOf(compilation.type, filter.path, compilation.quirks);
  if (filter.value === null) {
    if (filter.operator === "eq") {
      return `(${present(field)} IS NOT TRUE)`;
    }
    if (filter.operator === "ne") {
      return present(field);
    }
    throw badRequest("invalidFilter", "null can only be compared by eq and ne.");
  }
  switch (field.kind) {
    case "single":
      return compareSingle(field, filter, compilation);
    case "list":
      return compileList(field, filter, compilation);
    case "membership":
      return compileMembership(field, filter, compilation);
    case "constant":
      return compareConstant(field, filter);
    case "schemas":
      return compareSchemas(filter, compilation);
    case "object":
      throw badRequest(
        "invalidFilter",
        `${field.attribute.name} is complex: compare one of its sub-attributes.`,
      );
  }
}

function elements(path: string, filter: Filter, compilation: Compilation): string {
  const field = fieldOf(compilation.type, path, compilation.quirks);
  if (field.kind === "membership") {
    return membershipElements(field, filter, compilation);
  }
  if (field.kind !== "list") {
    throw badRequest("invalidFilter", `${path} is not multi-valued: [ ] selects nothing in it.`);
  }
  return compileElements(field, filter, compilation);
}

// members[value eq "…"], members[value eq "…" or value eq "…"]
function membershipElements(
  field: Extract<Field, { kind: "membership" }>,
  filter: Filter,
  compilation: Compilation,
): string {
  if (filter.kind === "or" || (filter.kind === "and" && filter.filters.length === 1)) {
    const parts = filter.filters.map((each) => membershipElements(field, each, compilation));
    return `(${parts.join(" OR ")})`;
  }
  const sub = filter.kind === "compare" ? findAttribute(field.list.subAttributes, filter.path) : undefined;
  if (filter.kind !== "compare" || sub?.name !== "value") {
    throw badRequest("invalidFilter", `In ${field.list.name}[ ] only value can be compared, by eq.`);
  }
  return compileMembership(field, filter, compilation);
}
