import { badRequest } from "../protocol/error.ts";
import { findAttribute } from "../schema/attribute.ts";
import { resolveTarget } from "../schema/resource-type.ts";
import type { Compare, Filter } from "./ast.ts";
import { compareConstant, compareSchemas, compareSingle } from "./compare.ts";
import type { Compilation } from "./compilation.ts";
import { compileElements, compileList, presentInList } from "./elements.ts";
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

/** RFC 7644 §3.4.2.2: `pr` asks for a value that is not empty. */
function present(field: Field): string {
  switch (field.kind) {
    case "single":
      return field.attribute.type === "string" || field.column === undefined
        ? `(${field.text} <> '')`
        : `(${field.column.name} IS NOT NULL)`;
    case "list":
      return presentInList(field);
    case "object":
      return `EXISTS (SELECT 1 FROM jsonb_each_text(${field.json}) AS part(name, text) WHERE part.text <> '')`;
    case "membership":
      return isInAny(field);
    case "constant":
    case "schemas":
      return "TRUE";
  }
}

/** Whether there is a value at all, be it empty: what null is compared with (RFC 7643 §2.5). */
function assigned(field: Field): string {
  switch (field.kind) {
    case "single":
      return `(${field.column?.name ?? field.text} IS NOT NULL)`;
    case "list":
      return field.sub === undefined ? `(${field.array} IS NOT NULL)` : presentInList(field);
    case "object":
      return `(${field.json} IS NOT NULL)`;
    default:
      return present(field);
  }
}

function compare(filter: Compare, compilation: Compilation): string {
  const field = fieldOf(compilation.type, filter.path, compilation.quirks);
  if (filter.value === null) {
    if (filter.operator === "eq") {
      return `(${assigned(field)} IS NOT TRUE)`;
    }
    if (filter.operator === "ne") {
      return assigned(field);
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
  const target = resolveTarget(compilation.type, path, compilation.quirks);
  if (target?.attribute.type === "complex" && !target.attribute.multiValued && target.sub === undefined) {
    return compileFilter(within(path, filter), compilation);
  }
  if (field.kind !== "list") {
    throw badRequest("invalidFilter", `${path} is not multi-valued: [ ] selects nothing in it.`);
  }
  return compileElements(field, filter, compilation);
}

/** A filter on the one value of a complex attribute: `name[givenName eq "Ada"]` is `name.givenName eq "Ada"`. */
function within(path: string, filter: Filter): Filter {
  switch (filter.kind) {
    case "and":
    case "or":
      return { ...filter, filters: filter.filters.map((each) => within(path, each)) };
    case "not":
      return { ...filter, filter: within(path, filter.filter) };
    case "present":
    case "compare":
      return { ...filter, path: `${path}.${filter.path}` };
    case "elements":
      throw badRequest("invalidFilter", `[ ] cannot nest in ${path}[ ].`);
  }
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
