import { isId } from "@sallyport/database";
import { badRequest } from "../protocol/error.ts";
import type { Quirks } from "../quirks/quirks.ts";
import type { Attribute } from "../schema/attribute.ts";
import { asBoolean, asInstant, trimmed } from "../schema/scalar.ts";
import type { Compare, Literal, Operator } from "./ast.ts";
import type { Compilation } from "./compilation.ts";
import type { Field } from "./field.ts";
import { ROW } from "./field.ts";
import { literal, type Parameters } from "./parameters.ts";

const ORDER: Partial<Record<Operator, string>> = { gt: ">", ge: ">=", lt: "<", le: "<=" };

/** Compares the one value that a row has of an attribute. */
export function compareSingle(
  field: Extract<Field, { kind: "single" }>,
  filter: Compare,
  { quirks, parameters }: Compilation,
): string {
  const { attribute, column, text } = field;
  if (column === undefined) {
    return compareValue(attribute, text, filter, quirks, parameters);
  }
  if (column.name === `${ROW}.id`) {
    return compareId(filter, parameters);
  }
  if (attribute.type !== "string") {
    return compareTyped(attribute, column.name, filter, quirks, parameters);
  }
  if (column.key === undefined) {
    return compareText(column.name, filter.operator, parameters.add(textOf(attribute, filter.value)));
  }
  // The key column holds JavaScript's lower case: so must what it is compared with.
  const key = parameters.add(textOf(attribute, filter.value).toLowerCase());
  return compareText(column.key, filter.operator, key);
}

/** Compares a value given as text by an SQL expression, by the type of its attribute. */
export function compareValue(
  attribute: Attribute,
  text: string,
  filter: Compare,
  quirks: Quirks,
  parameters: Parameters,
): string {
  switch (attribute.type) {
    case "boolean":
      return compareTyped(attribute, `(${text})::boolean`, filter, quirks, parameters);
    case "integer":
    case "decimal":
      return compareTyped(attribute, `(${text})::numeric`, filter, quirks, parameters);
    case "dateTime":
      return compareTyped(attribute, `(${text})::timestamptz`, filter, quirks, parameters);
    case "binary":
      requireEquality(attribute, filter.operator);
      break;
    default:
  }
  const value = parameters.add(textOf(attribute, filter.value));
  return attribute.caseExact
    ? compareText(text, filter.operator, value)
    : compareText(`lower(${text})`, filter.operator, `lower(${value})`);
}

/** The same for every row: decided here. */
export function compareConstant(field: Extract<Field, { kind: "constant" }>, filter: Compare): string {
  requireEquality(field.attribute, filter.operator);
  return (filter.value === field.value) === (filter.operator === "eq") ? "TRUE" : "FALSE";
}

/** `schemas eq "urn:…"`: the core schema is on every resource, an extension where its object is. */
export function compareSchemas(filter: Compare, { type }: Compilation): string {
  if (filter.operator !== "eq" || typeof filter.value !== "string") {
    throw badRequest("invalidFilter", "schemas can only be compared by eq, with a URN.");
  }
  const id = filter.value.toLowerCase();
  if (id === type.schema.id.toLowerCase()) {
    return "TRUE";
  }
  const extension = type.extensions.find((schema) => schema.id.toLowerCase() === id);
  return extension === undefined ? "FALSE" : `(${ROW}.resource ? ${literal(extension.id)})`;
}

function compareTyped(
  attribute: Attribute,
  expression: string,
  filter: Compare,
  quirks: Quirks,
  parameters: Parameters,
): string {
  if (attribute.type === "boolean") {
    requireEquality(attribute, filter.operator);
  }
  const value = `${parameters.add(typedValue(attribute, filter.value, quirks))}${castOf(attribute)}`;
  if (filter.operator === "eq") {
    return `(${expression} = ${value})`;
  }
  if (filter.operator === "ne") {
    return `(${expression} IS DISTINCT FROM ${value})`;
  }
  const order = ORDER[filter.operator];
  if (order === undefined) {
    throw unsupported(attribute, filter.operator);
  }
  return `(${expression} ${order} ${value})`;
}

function castOf(attribute: Attribute): string {
  if (attribute.type === "boolean") {
    return "::boolean";
  }
  return attribute.type === "dateTime" ? "::timestamptz" : "::numeric";
}

function typedValue(attribute: Attribute, value: Literal, quirks: Quirks): boolean | number | Date {
  if (attribute.type === "boolean") {
    const boolean = asBoolean(value, quirks);
    if (boolean !== undefined) {
      return boolean;
    }
    throw mismatch(attribute, "true or false");
  }
  if (attribute.type === "dateTime") {
    const instant = typeof value === "string" ? asInstant(value) : undefined;
    if (instant !== undefined) {
      return instant;
    }
    throw mismatch(attribute, 'a date and time with its zone, as "2026-11-24T09:00:00Z"');
  }
  if (typeof value === "number") {
    return value;
  }
  throw mismatch(attribute, "a number");
}

// An id that is none matches nothing: PostgreSQL would raise an error on it.
function compareId(filter: Compare, parameters: Parameters): string {
  const { operator, value } = filter;
  if (typeof value !== "string") {
    throw badRequest("invalidFilter", "id must be compared with a string.");
  }
  if (operator === "eq") {
    return isId(value) ? `(${ROW}.id = ${parameters.add(value)}::uuid)` : "FALSE";
  }
  return compareText(`${ROW}.id::text`, operator, parameters.add(value));
}

function compareText(expression: string, operator: Operator, value: string): string {
  const text = `${value}::text`.replace(/\)::text$/, ")");
  switch (operator) {
    case "eq":
      return `(${expression} = ${text})`;
    case "ne":
      return `(${expression} IS DISTINCT FROM ${text})`;
    case "co":
      return `(strpos(${expression}, ${text}) > 0)`;
    case "sw":
      return `starts_with(${expression}, ${text})`;
    case "ew":
      return `(right(${expression}, length(${text})) = ${text})`;
    default:
      // By code point, whatever the database's collation: the same everywhere.
      return `((${expression}) COLLATE "C" ${ORDER[operator]} ${text})`;
  }
}

function textOf(attribute: Attribute, value: Literal): string {
  if (typeof value === "string") {
    return trimmed(attribute, value);
  }
  throw mismatch(attribute, "a string in double quotes");
}

function requireEquality(attribute: Attribute, operator: Operator): void {
  if (operator !== "eq" && operator !== "ne") {
    throw unsupported(attribute, operator);
  }
}

function unsupported(attribute: Attribute, operator: Operator): Error {
  return badRequest(
    "invalidFilter",
    `${attribute.name} cannot be compared by ${operator}: it is a ${attribute.type}.`,
  );
}

function mismatch(attribute: Attribute, what: string): Error {
  return badRequest("invalidFilter", `${attribute.name} must be compared with ${what}.`);
}
