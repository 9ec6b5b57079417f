import { badRequest, quoted } from "../protocol/error.ts";
import { isJsonObject, type Json, own } from "../protocol/json.ts";
import type { Quirks } from "../quirks/quirks.ts";
import { type Attribute, findAttribute, valueAttribute } from "../schema/attribute.ts";
import { asBoolean } from "../schema/scalar.ts";
import type { Compare, Filter, Literal } from "./ast.ts";

/**
 * Whether one element of a multi-valued attribute satisfies the filter of a PATCH path (RFC 7644 §3.5.2): the only
 * filters that are evaluated here; those of queries become SQL.
 */
export function matchesElement(attribute: Attribute, element: Json, filter: Filter, quirks: Quirks): boolean {
  switch (filter.kind) {
    case "and":
      return filter.filters.every((each) => matchesElement(attribute, element, each, quirks));
    case "or":
      return filter.filters.some((each) => matchesElement(attribute, element, each, quirks));
    case "not":
      return !matchesElement(attribute, element, filter.filter, quirks);
    case "present":
      return isPresent(valueAt(element, subAttribute(attribute, filter.path)));
    case "compare":
      return compare(element, filter, subAttribute(attribute, filter.path), quirks);
    case "elements":
      throw badRequest("invalidFilter", `The path's filter must not nest [ ] in ${quoted(attribute.name)}.`);
  }
}

function isPresent(value: Json | undefined): boolean {
  return value !== undefined && value !== "";
}

/** The sub-attribute that a filter inside brackets names; `value` also for elements that are simple. */
export function subAttribute(attribute: Attribute, path: string): Attribute {
  const sub = findAttribute(attribute.subAttributes, path);
  if (sub !== undefined) {
    return sub;
  }
  if (attribute.type !== "complex" && path.toLowerCase() === "value") {
    return attribute;
  }
  throw badRequest("invalidFilter", `${attribute.name} has no sub-attribute ${quoted(path)}.`);
}

function valueAt(element: Json, sub: Attribute): Json | undefined {
  return isJsonObject(element) ? own(element, sub.name) : sub.type === "complex" ? undefined : element;
}

function compare(element: Json, filter: Compare, sub: Attribute, quirks: Quirks): boolean {
  const actual = valueAt(element, sub.type === "complex" ? (valueAttribute(sub) ?? sub) : sub);
  if (filter.value === null) {
    return (filter.operator === "ne") === (actual !== undefined);
  }
  if (actual === undefined) {
    return filter.operator === "ne";
  }
  const expected = literalFor(sub, filter.value, quirks);
  const [left, right] = sub.caseExact ? [actual, expected] : [fold(actual), fold(expected)];
  if (filter.operator === "eq") {
    return left === right;
  }
  if (filter.operator === "ne") {
    return left !== right;
  }
  if (typeof left === "string" && typeof right === "string") {
    return compareText(left, right, filter);
  }
  if (typeof left === "number" && typeof right === "number") {
    return compareOrder(left, right, filter);
  }
  throw badRequest("invalidFilter", `${sub.name} cannot be compared by ${filter.operator}.`);
}

function literalFor(sub: Attribute, value: Literal, quirks: Quirks): Literal {
  return sub.type === "boolean" ? (asBoolean(value, quirks) ?? value) : value;
}

function compareText(left: string, right: string, filter: Compare): boolean {
  switch (filter.operator) {
    case "co":
      return left.includes(right);
    case "sw":
      return left.startsWith(right);
    case "ew":
      return left.endsWith(right);
    default:
      return compareOrder(left, right, filter);
  }
}

function compareOrder<Value extends string | number>(left: Value, right: Value, filter: Compare): boolean {
  switch (filter.operator) {
    case "gt":
      return left > right;
    case "ge":
      return left >= right;
    case "lt":
      return left < right;
    case "le":
      return left <= right;
    default:
      throw badRequest("invalidFilter", `A number cannot be compared by ${filter.operator}.`);
  }
}

function fold(value: Json): Json {
  return typeof value === "string" ? value.toLowerCase() : value;
}
