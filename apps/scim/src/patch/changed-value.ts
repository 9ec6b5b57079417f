import type { ValuePath } from "../filter/parse.ts";
import { isJsonObject, isObject, type Json, type JsonObject, type UnknownObject } from "../protocol/json.ts";
import type { Reading } from "../quirks/reading.ts";
import { type Attribute, findAttribute } from "../schema/attribute.ts";
import { elementsOf, isCleared, isDropped, normalizeValue } from "../schema/normalize.ts";
import type { Target } from "../schema/resource-type.ts";
import { type Cost, unitsOf } from "./cost.ts";
import { textOf } from "./element-list.ts";
import { replaceElements } from "./elements.ts";
import type { Operation } from "./operation.ts";

/** Whether an operation changes elements of a list, and not the attribute as a whole. */
export function selectsElements({ attribute, sub }: Target, { filter }: ValuePath): boolean {
  return filter !== undefined || (attribute.multiValued && sub !== undefined);
}

/**
 * What an operation makes of the value of one attribute; undefined where nothing is left of it.
 * @param before its value until now
 */
export function changedValue(
  before: Json | undefined,
  target: Target,
  path: ValuePath,
  operation: Operation,
  cost: Cost,
  reading: Reading,
): Json | undefined {
  const { attribute, sub } = target;
  if (selectsElements(target, path)) {
    const whole = { ...path, sub: path.sub ?? sub?.name };
    return replaceElements(before, attribute, whole, operation, cost, reading);
  }
  if (sub !== undefined) {
    return withSub(before, sub, operation, path.path, reading);
  }
  if (operation.op === "remove") {
    return removed(before, attribute, operation, cost, reading);
  }
  if (isCleared(operation.value, reading)) {
    return operation.op === "add" ? before : undefined;
  }
  const value = normalizeValue(attribute, operation.value, path.path, reading);
  if (attribute.multiValued || !isJsonObject(before) || !isObject(operation.value)) {
    return value;
  }
  return merged(before, isJsonObject(value) ? value : {}, attribute, operation.value, reading);
}

// A complex value gives the sub-attributes that it names; the others stay (RFC 7644 §3.5.2.1, §3.5.2.3).
function merged(
  before: JsonObject,
  given: JsonObject,
  attribute: Attribute,
  input: UnknownObject,
  reading: Reading,
): Json | undefined {
  const result = { ...before, ...given };
  for (const [key, value] of Object.entries(input)) {
    const sub = findAttribute(attribute.subAttributes, key);
    if (sub !== undefined && isCleared(value, reading)) {
      delete result[sub.name];
    }
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

function withSub(
  before: Json | undefined,
  sub: Attribute,
  operation: Operation,
  path: string,
  reading: Reading,
): Json | undefined {
  const result = isJsonObject(before) ? { ...before } : {};
  const value = operation.op === "remove" ? undefined : normalizeValue(sub, operation.value, path, reading);
  if (value !== undefined && !isDropped(sub)) {
    result[sub.name] = value;
  } else {
    delete result[sub.name];
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

// A remove that names values removes those and leaves the rest: what its sender means, and never more than that.
function removed(
  before: Json | undefined,
  attribute: Attribute,
  operation: Operation,
  cost: Cost,
  reading: Reading,
): Json | undefined {
  if (
    !attribute.multiValued ||
    !Array.isArray(before) ||
    operation.value === undefined ||
    operation.value === null
  ) {
    return undefined;
  }
  cost.charge(unitsOf(before));
  const gone = new Set(elementsOf(attribute, operation.value, attribute.name, reading).map(identity));
  const kept = before.filter((element) => !gone.has(identity(element)));
  return kept.length === 0 ? undefined : kept;
}

function identity(element: Json): string {
  return isJsonObject(element) && "value" in element ? JSON.stringify(element.value) : textOf(element);
}
