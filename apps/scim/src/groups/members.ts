import { isId } from "@sallyport/database";
import type { Filter } from "../filter/ast.ts";
import { parseValuePath } from "../filter/parse.ts";
import type { Operation } from "../patch/operation.ts";
import { badRequest, notFound, quoted } from "../protocol/error.ts";
import { isObject, member } from "../protocol/json.ts";
import type { Quirks } from "../quirks/quirks.ts";
import { type ResourceType, resolveTarget } from "../schema/resource-type.ts";

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
export function splitMembers(
  type: ResourceType,
  operations: readonly Operation[],
  quirks: Quirks,
): { readonly members: MemberChange; readonly others: readonly Operation[] } {
  const change = new Accumulated();
  const others = operations.flatMap((operation) => {
    if (operation.path === undefined) return pathless(type, operation, change, quirks);
    if (!namesMembers(type, operation.path, quirks)) return [operation];
    applyMembers(operation, operation.path, change);
    return [];
  });
  return { members: change, others };
}

/** The ids of a `members` value of a POST or PUT, without doubles. */
export function memberIds(value: unknown): ReadonlySet<string> {
  return new Set(elements(value).map(idOf));
}

class Accumulated implements MemberChange {
  clear = false;
  readonly add = new Set<string>();
  readonly remove = new Set<string>();

  adds(ids: readonly string[]): void {
    for (const id of ids) {
      this.remove.delete(id);
      this.add.add(id);
    }
  }

  removes(ids: readonly string[]): void {
    for (const id of ids) {
      this.add.delete(id);
      this.remove.add(id);
    }
  }

  clears(): void {
    this.clear = true;
    this.add.clear();
    this.remove.clear();
  }
}

function pathless(
  type: ResourceType,
  operation: Operation,
  change: Accumulated,
  quirks: Quirks,
): Operation[] {
  if (!isObject(operation.value)) return [operation];
  const rest: [string, unknown][] = [];
  for (const [key, value] of Object.entries(operation.value)) {
    if (namesMembers(type, key, quirks)) applyMembers({ ...operation, value }, key, change);
    else rest.push([key, value]);
  }
  return rest.length === 0 ? [] : [{ ...operation, value: Object.fromEntries(rest) }];
}

// Cheap before the parse: most paths of a group's PATCH are `members`.
function namesMembers(type: ResourceType, path: string, quirks: Quirks): boolean {
  const name = path.split("[", 1)[0] ?? "";
  return resolveTarget(type, name.trim(), quirks)?.attribute.name === "members";
}

function applyMembers(operation: Operation, text: string, change: Accumulated): void {
  const path = parseValuePath(text);
  if (path.sub !== undefined || path.path.includes(".", path.path.lastIndexOf(":") + 1))
    throw badRequest(
      "mutability",
      "A member's sub-attributes cannot be changed: remove the member and add another.",
    );
  if (path.filter !== undefined) filtered(operation, path.filter, change);
  else if (operation.op === "remove") removal(operation.value, change);
  else {
    if (operation.op === "replace") change.clears();
    change.adds(elements(operation.value).map(idOf));
  }
}

// RFC 7644 §3.5.2.2 has no value in a remove. Entra sends one, and means those members: to read it as "all of them"
// would empty the group, so a value always narrows, whoever sends it.
function removal(value: unknown, change: Accumulated): void {
  if (value === undefined || value === null) change.clears();
  else change.removes(elements(value).map(looseId));
}

function filtered(operation: Operation, filter: Filter, change: Accumulated): void {
  const ids = idsOf(filter);
  if (operation.op === "remove") change.removes(ids);
  else if (operation.op === "add") change.adds(elements(operation.value ?? ids).map(idOf));
  else {
    change.removes(ids);
    change.adds(elements(operation.value).map(idOf));
  }
}

/** `value eq "…"`, and any number of them by `or`. */
function idsOf(filter: Filter): string[] {
  if (filter.kind === "or") return filter.filters.flatMap(idsOf);
  const single =
    filter.kind === "compare" && filter.operator === "eq" && filter.path.toLowerCase() === "value";
  if (!single || typeof filter.value !== "string")
    throw badRequest("invalidFilter", 'Members are selected by members[value eq "id"], several by or.');
  return [filter.value];
}

function elements(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function idOf(element: unknown): string {
  const id = looseId(element);
  // What cannot be an id is answered as an id that nobody has.
  if (!isId(id)) throw notFound("The member, User", id);
  return id;
}

function looseId(element: unknown): string {
  const value = isObject(element) ? member(element, "value") : element;
  if (typeof value !== "string" || value === "")
    throw badRequest("invalidValue", "Each of members must be an object with the id of a user as its value.");
  if (isObject(element) && isOfGroup(member(element, "type")))
    throw badRequest(
      "invalidValue",
      `The member ${quoted(value)} is a group: groups in groups are not supported.`,
    );
  return value;
}

function isOfGroup(type: unknown): boolean {
  return typeof type === "string" && type.toLowerCase() === "group";
}
