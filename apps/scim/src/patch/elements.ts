import type { Filter } from "../filter/ast.ts";
import { matchesElement, subAttribute } from "../filter/match.ts";
import type { ValuePath } from "../filter/parse.ts";
import { badRequest, quoted } from "../protocol/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../protocol/json.ts";
import type { Reading } from "../quirks/reading.ts";
import { type Attribute, findAttribute } from "../schema/attribute.ts";
import { isCleared, isDropped, normalizeElement, normalizeValue } from "../schema/normalize.ts";
import { type Cost, unitsOf } from "./cost.ts";
import type { Operation } from "./operation.ts";

/**
 * Applies an operation whose path selects elements: `emails[type eq "work"]`, `emails[type eq "work"].value`, or
 * `emails.value`, which selects all. Returns what the attribute then holds, or undefined for nothing. A complex attribute
 * of one value is taken as a list of one: `manager[value eq "x"]`.
 */
export function replaceElements(
  before: Json | undefined,
  attribute: Attribute,
  path: ValuePath,
  operation: Operation,
  cost: Cost,
  reading: Reading,
): Json | undefined {
  if (attribute.multiValued) {
    return nonEmpty(
      selectedReplaced(Array.isArray(before) ? before : [], attribute, path, operation, cost, reading),
    );
  }
  if (attribute.type !== "complex") {
    throw badRequest("invalidPath", `${path.path} is not complex: a filter cannot select in it.`);
  }
  const list = before === undefined ? [] : [before];
  const [after] = selectedReplaced(list, attribute, path, operation, cost, reading);
  return after;
}

function selectedReplaced(
  elements: Json[],
  attribute: Attribute,
  path: ValuePath,
  operation: Operation,
  cost: Cost,
  reading: Reading,
): Json[] {
  const sub = path.sub === undefined ? undefined : requireSub(attribute, path.sub);
  const { filter } = path;
  cost.charge(unitsOf(elements) * (filter === undefined ? 1 : comparisonsOf(filter)));
  const selected = elements.map(
    (element) => filter === undefined || matchesElement(attribute, element, filter, reading),
  );
  const change = { attribute, sub, path, operation, reading };
  if (!selected.includes(true)) {
    return noMatch(elements, change);
  }
  let lastChanged: Json | undefined;
  const after = elements.flatMap((element, index) => {
    if (selected[index] !== true) {
      return [element];
    }
    const result = changedElement(element, change);
    lastChanged = result ?? lastChanged;
    return result === undefined ? [] : [result];
  });
  return onlyPrimary(after, lastChanged);
}

function comparisonsOf(filter: Filter): number {
  if (filter.kind === "and" || filter.kind === "or") {
    return filter.filters.reduce((sum, each) => sum + comparisonsOf(each), 0);
  }
  return filter.kind === "not" ? comparisonsOf(filter.filter) : 1;
}

interface Change {
  readonly attribute: Attribute;
  readonly sub: Attribute | undefined;
  readonly path: ValuePath;
  readonly operation: Operation;
  readonly reading: Reading;
}

function noMatch(elements: Json[], change: Change): Json[] {
  const { attribute, operation, path, reading } = change;
  // What is not there is already removed, or cleared.
  if (operation.op === "remove") {
    return elements;
  }
  if (!reading.has("filteredTargetIsCreated") || path.filter === undefined) {
    throw badRequest("noTarget", `The path selects no element of ${path.path}.`);
  }
  if (isCleared(operation.value, reading)) {
    return elements;
  }
  const created = changedElement(elementOf(attribute, path.filter, reading), change);
  if (created === undefined) {
    return elements;
  }
  return attribute.multiValued ? onlyPrimary([...elements, created], created) : [created];
}

/** The element that a filter of equalities describes: `type eq "work" and primary eq true`. */
function elementOf(attribute: Attribute, filter: Filter, reading: Reading): JsonObject {
  const equalities = filter.kind === "and" ? filter.filters : [filter];
  const element: JsonObject = {};
  for (const equality of equalities) {
    if (equality.kind !== "compare" || equality.operator !== "eq") {
      throw badRequest(
        "noTarget",
        `The path selects no element of ${attribute.name}, and does not describe one.`,
      );
    }
    const sub = subAttribute(attribute, equality.path);
    const value = normalizeValue(sub, equality.value, `${attribute.name}.${sub.name}`, reading);
    if (value !== undefined) {
      element[sub.name] = value;
    }
  }
  return element;
}

function changedElement(element: Json, change: Change): Json | undefined {
  const { sub, path, operation, reading } = change;
  if (sub === undefined) {
    return wholeElement(element, change);
  }
  const result: JsonObject = isJsonObject(element) ? { ...element } : {};
  const value =
    operation.op === "remove"
      ? undefined
      : normalizeValue(sub, operation.value, `${path.path}.${sub.name}`, reading);
  if (value === undefined || isDropped(sub)) {
    delete result[sub.name];
  } else {
    result[sub.name] = value;
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

function wholeElement(element: Json, change: Change): Json | undefined {
  const { attribute, path, operation, reading } = change;
  if (operation.op === "remove" || isCleared(operation.value, reading)) {
    return undefined;
  }
  const single =
    Array.isArray(operation.value) && operation.value.length === 1 ? operation.value[0] : operation.value;
  const value = normalizeElement(attribute, single, path.path, reading);
  // A replace replaces the selected element (RFC 7644 §3.5.2.3); an add adds to it (§3.5.2.1).
  return operation.op === "add" && isJsonObject(element) && isJsonObject(value)
    ? { ...element, ...value }
    : value;
}

/**
 * The elements without those of which only a label is left: they say nothing (RFC 7644 §3.5.2.2: unassigned). Only once
 * all operations are applied: Entra sets `.primary` before `.value`.
 */
export function withoutBare(attribute: Attribute, elements: readonly Json[]): Json[] {
  return elements.filter((element) => attribute.type !== "complex" || !isBare(element));
}

function isBare(element: Json): boolean {
  return isJsonObject(element) && Object.keys(element).every((name) => name === "type" || name === "primary");
}

function onlyPrimary(elements: Json[], last: Json | undefined): Json[] {
  if (!isJsonObject(last) || last.primary !== true) {
    return elements;
  }
  const others = elements.filter((element) => element !== last);
  const demoted = new Map(others.map((element) => [element, demote(element)]));
  return elements.map((element) => demoted.get(element) ?? element);
}

function demote(element: Json): Json {
  return isJsonObject(element) && element.primary === true ? { ...element, primary: false } : element;
}

function nonEmpty(elements: readonly Json[]): Json | undefined {
  return elements.length === 0 ? undefined : [...elements];
}

function requireSub(attribute: Attribute, name: string): Attribute {
  const sub = findAttribute(attribute.subAttributes, name);
  if (sub === undefined) {
    throw badRequest("invalidPath", `${attribute.name} has no sub-attribute ${quoted(name)}.`);
  }
  if (sub.mutability === "readOnly") {
    throw badRequest("mutability", `${attribute.name}.${sub.name} is read-only.`);
  }
  return sub;
}
