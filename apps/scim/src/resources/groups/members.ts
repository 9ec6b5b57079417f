import type { Filter } from "../../filter/ast.ts";
import { parseValuePath } from "../../filter/parse.ts";
import type { Operation } from "../../patch/operation.ts";
import { badRequest } from "../../protocol/error.ts";
import { isObject, member } from "../../protocol/json.ts";
import { Slice, type Sliced } from "../../protocol/slices.ts";
import type { Quirks } from "../../quirks/quirks.ts";
import { type ResourceType, resolveTarget, withoutCoreContainer } from "../../schema/resource-type.ts";

/** Longest path of an operation on members: clients batch many `members[value eq "…" or …]` into one. */
const MAX_MEMBERS_PATH = 1_048_576;

/**
 * What any number of operations on `members` come to, in order: first all members go if `clear`, then those of
 * `remove`, then those of `add` come. No id is in both. It never holds the members that stay.
 */
export interface MemberChange {
  readonly clear: boolean;
  readonly add: ReadonlySet<string>;
  readonly remove: ReadonlySet<string>;
}

/** Parts the operations on `members` from those on other attributes: neither kind can see what the other does. */
export function* splitMembers(
  type: ResourceType,
  operations: readonly Operation[],
  quirks: Quirks,
): Sliced<{ readonly members: MemberChange; readonly others: readonly Operation[] }> {
  const change = new Accumulated();
  const others: Operation[] = [];
  for (const operation of operations) {
    if (operation.path === undefined) {
      others.push(...(yield* pathless(type, operation, change, quirks)));
    } else if (namesMembers(type, operation.path, quirks)) {
      yield* applyMembers(operation, operation.path, change);
    } else {
      others.push(operation);
    }
    if (change.slice.isFull()) {
      yield;
    }
  }
  return { members: change, others };
}

/** The ids of a `members` value of a POST or PUT, without doubles. */
export function* membersIn(value: unknown): Sliced<ReadonlySet<string>> {
  const ids = new Set<string>();
  yield* each(new Slice(), elements(value), (element) => ids.add(idOf(element)));
  return ids;
}

class Accumulated implements MemberChange {
  clear = false;
  readonly add = new Set<string>();
  readonly remove = new Set<string>();
  readonly slice = new Slice();

  joins(id: string): void {
    this.remove.delete(id);
    this.add.add(id);
  }

  leaves(id: string): void {
    this.add.delete(id);
    this.remove.add(id);
  }

  clears(): void {
    this.clear = true;
    this.add.clear();
    this.remove.clear();
  }
}

function* pathless(
  type: ResourceType,
  operation: Operation,
  change: Accumulated,
  quirks: Quirks,
): Sliced<Operation[]> {
  if (!isObject(operation.value)) {
    return [operation];
  }
  const rest: [string, unknown][] = [];
  for (const [key, value] of Object.entries(withoutCoreContainer(type, operation.value, quirks))) {
    if (namesMembers(type, key, quirks)) {
      yield* applyMembers({ ...operation, value }, key, change);
    } else {
      rest.push([key, value]);
    }
  }
  return rest.length === 0 ? [] : [{ ...operation, value: Object.fromEntries(rest) }];
}

// Cheap before the parse: most paths of a group's PATCH are `members`.
function namesMembers(type: ResourceType, path: string, quirks: Quirks): boolean {
  const name = path.split("[", 1)[0] ?? "";
  return resolveTarget(type, name.trim(), quirks)?.attribute.name === "members";
}

function* applyMembers(operation: Operation, text: string, change: Accumulated): Sliced<void> {
  const path = parseValuePath(text, MAX_MEMBERS_PATH);
  if (path.sub !== undefined || path.path.includes(".", path.path.lastIndexOf(":") + 1)) {
    throw badRequest(
      "mutability",
      "A member's sub-attributes cannot be changed: remove the member and add another.",
    );
  }
  if (path.filter !== undefined) {
    yield* filtered(operation, path.filter, change);
  } else if (operation.op === "remove") {
    yield* removal(operation.value, change);
  } else {
    if (operation.op === "replace") {
      change.clears();
    }
    yield* each(change.slice, elements(operation.value), (element) => change.joins(idOf(element)));
  }
}

// RFC 7644 §3.5.2.2 has no value in a remove. Entra sends one, and means those members: to read it as "all of them"
// would empty the group, so a value always narrows, whoever sends it.
function* removal(value: unknown, change: Accumulated): Sliced<void> {
  if (value === undefined || value === null) {
    change.clears();
  } else {
    yield* each(change.slice, elements(value), (element) => change.leaves(idOf(element)));
  }
}

function* filtered(operation: Operation, filter: Filter, change: Accumulated): Sliced<void> {
  const ids = idsOf(filter);
  if (operation.op === "add") {
    yield* each(change.slice, elements(operation.value ?? ids), (element) => change.joins(idOf(element)));
    return;
  }
  yield* each(change.slice, ids, (id) => change.leaves(id));
  if (operation.op === "replace") {
    yield* each(change.slice, elements(operation.value), (element) => change.joins(idOf(element)));
  }
}

function* each<Element>(
  slice: Slice,
  list: readonly Element[],
  work: (element: Element) => void,
): Sliced<void> {
  for (const element of list) {
    work(element);
    // Its names are looked through.
    if (slice.isFull(isObject(element) ? Object.keys(element).length : 1)) {
      yield;
    }
  }
}

/** `value eq "…"`, and any number of them by `or`. */
function idsOf(filter: Filter): string[] {
  if (filter.kind === "or") {
    return filter.filters.flatMap(idsOf);
  }
  const single =
    filter.kind === "compare" && filter.operator === "eq" && filter.path.toLowerCase() === "value";
  if (!single || typeof filter.value !== "string") {
    throw badRequest("invalidFilter", 'Members are selected by members[value eq "id"], several by or.');
  }
  return [filter.value];
}

function elements(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) {
    return [];
  }
  return Array.isArray(value) ? value : [value];
}

function idOf(element: unknown): string {
  const value = isObject(element) ? member(element, "value") : element;
  if (typeof value !== "string" || value === "") {
    throw badRequest(
      "invalidValue",
      "Each of members must be an object with the id of a user or a group as its value.",
    );
  }
  return value;
}
