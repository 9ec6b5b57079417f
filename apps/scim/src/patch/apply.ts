// Our own engine: scim-patch up to 0.8.3 pollutes prototypes (CVE-2026-48170), knows no schema, and changes its input.
// Here a name from outside is only ever looked up among the attributes of the schema.
import { parseValuePath, type ValuePath } from "../filter/parse.ts";
import { badRequest, quoted } from "../protocol/error.ts";
import { isJsonObject, isObject, type Json, type JsonObject, type UnknownObject } from "../protocol/json.ts";
import type { Sliced } from "../protocol/slices.ts";
import type { Quirks } from "../quirks/quirks.ts";
import { type Attribute, findAttribute, type Schema } from "../schema/attribute.ts";
import { elementsOf, isCleared, isDropped, normalizeValue, requireAttributes } from "../schema/normalize.ts";
import { findExtension, type ResourceType, resolveTarget, type Target } from "../schema/resource-type.ts";
import { Draft } from "./draft.ts";
import { textOf } from "./element-list.ts";
import { replaceElements } from "./elements.ts";
import type { Operation } from "./operation.ts";
import { unitsOf, type Work } from "./work.ts";

/**
 * The document that the operations make of `document`, in their order: all of them, or an error and nothing
 * (RFC 7644 §3.5.2). `document` itself is not changed. Takes a time that grows with the operations; 413 where they
 * select among too much.
 */
export function* applyOperations(
  type: ResourceType,
  document: JsonObject,
  operations: readonly Operation[],
  quirks: Quirks,
): Sliced<JsonObject> {
  const draft = new Draft(document);
  for (const operation of operations) {
    draft.work.charge(1);
    if (operation.path === undefined) {
      applyPathless(type, draft, operation, quirks);
    } else {
      applyPath(type, draft, operation, operation.path, quirks);
    }
    if (draft.work.takeSlice()) {
      yield;
    }
  }
  const result = draft.finish();
  requireAttributes(type, result);
  return result;
}

function applyPathless(type: ResourceType, draft: Draft, operation: Operation, quirks: Quirks): void {
  if (!isObject(operation.value)) {
    return; // the parser of operations has refused all else
  }
  for (const [key, value] of Object.entries(operation.value)) {
    if (key.toLowerCase() === "schemas") {
      continue;
    }
    const extension = findExtension(type, key, quirks);
    if (extension !== undefined) {
      applyExtension(draft, extension, { ...operation, value }, quirks);
    } else {
      applyKey(type, draft, { ...operation, path: key, value }, key, quirks);
    }
  }
}

function applyKey(type: ResourceType, draft: Draft, operation: Operation, key: string, quirks: Quirks): void {
  if (quirks.has("pathsAsKeys") && key.includes("[")) {
    applyPath(type, draft, operation, key, quirks);
    return;
  }
  const target = resolveTarget(type, key, quirks);
  if (target === undefined || (target.sub !== undefined && !quirks.has("pathsAsKeys"))) {
    if (quirks.has("patchIgnoresWhatItCannotSet")) {
      return;
    }
    throw badRequest("invalidPath", `There is no attribute ${quoted(key)}.`);
  }
  if (isReadOnly(target) && quirks.has("patchIgnoresWhatItCannotSet")) {
    return;
  }
  applyTarget(draft, target, { path: key, filter: undefined, sub: undefined }, operation, quirks);
}

/** A whole extension, as a key of a pathless value or as the path itself. */
function applyExtension(draft: Draft, extension: Schema, operation: Operation, quirks: Quirks): void {
  if (operation.op === "remove" || isCleared(operation.value, quirks)) {
    draft.removeExtension(extension);
    return;
  }
  if (!isObject(operation.value)) {
    throw badRequest("invalidValue", `${extension.id} must be an object of attributes.`);
  }
  for (const [key, value] of Object.entries(operation.value)) {
    const attribute = findAttribute(extension.attributes, key);
    const path = `${extension.id}:${key}`;
    if (attribute !== undefined) {
      applyTarget(
        draft,
        { extension, attribute, sub: undefined },
        { path, filter: undefined, sub: undefined },
        { ...operation, value },
        quirks,
      );
    } else if (!quirks.has("patchIgnoresWhatItCannotSet")) {
      throw badRequest("invalidPath", `There is no attribute ${quoted(path)}.`);
    }
  }
}

function applyPath(
  type: ResourceType,
  draft: Draft,
  operation: Operation,
  text: string,
  quirks: Quirks,
): void {
  const extension = findExtension(type, text, quirks);
  if (extension !== undefined) {
    applyExtension(draft, extension, operation, quirks);
    return;
  }
  const path = parseValuePath(text);
  const target = resolveTarget(type, path.path, quirks);
  if (target === undefined) {
    throw badRequest("invalidPath", `There is no attribute ${quoted(path.path)}.`);
  }
  applyTarget(draft, target, path, operation, quirks);
}

function applyTarget(
  draft: Draft,
  target: Target,
  path: ValuePath,
  operation: Operation,
  quirks: Quirks,
): void {
  const { attribute } = target;
  if (attribute.returned === "never") {
    return; // password: accepted, and dropped
  }
  if (isReadOnly(target)) {
    throw badRequest("mutability", `${path.path} is read-only and cannot be changed.`);
  }
  if (isAddition(target, path, operation, quirks)) {
    draft.listOf(target).add(elementsOf(attribute, operation.value, path.path, quirks));
  } else {
    draft.set(target, changed(draft.get(target), target, path, operation, draft.work, quirks));
  }
}

/** Whether elements are added to those that are there, whatever they are. */
function isAddition(
  { attribute, sub }: Target,
  { filter }: ValuePath,
  { op, value }: Operation,
  quirks: Quirks,
): boolean {
  const isPlain = attribute.multiValued && sub === undefined && filter === undefined;
  return isPlain && op === "add" && !isCleared(value, quirks);
}

function changed(
  before: Json | undefined,
  target: Target,
  path: ValuePath,
  operation: Operation,
  work: Work,
  quirks: Quirks,
): Json | undefined {
  const { attribute, sub } = target;
  if (path.filter !== undefined || (attribute.multiValued && sub !== undefined)) {
    return replaceElements(
      before,
      attribute,
      { ...path, sub: path.sub ?? sub?.name },
      operation,
      work,
      quirks,
    );
  }
  if (sub !== undefined) {
    return withSub(before, sub, operation, path.path, quirks);
  }
  if (operation.op === "remove") {
    return removed(before, attribute, operation, work, quirks);
  }
  if (isCleared(operation.value, quirks)) {
    return operation.op === "add" ? before : undefined;
  }
  const value = normalizeValue(attribute, operation.value, path.path, quirks);
  if (attribute.multiValued || !isJsonObject(before) || !isObject(operation.value)) {
    return value;
  }
  return merged(before, isJsonObject(value) ? value : {}, attribute, operation.value, quirks);
}

// A complex value gives the sub-attributes that it names; the others stay (RFC 7644 §3.5.2.1, §3.5.2.3).
function merged(
  before: JsonObject,
  given: JsonObject,
  attribute: Attribute,
  input: UnknownObject,
  quirks: Quirks,
): Json | undefined {
  const result = { ...before, ...given };
  for (const [key, value] of Object.entries(input)) {
    const sub = findAttribute(attribute.subAttributes, key);
    if (sub !== undefined && isCleared(value, quirks)) {
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
  quirks: Quirks,
): Json | undefined {
  const result = isJsonObject(before) ? { ...before } : {};
  const value = operation.op === "remove" ? undefined : normalizeValue(sub, operation.value, path, quirks);
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
  work: Work,
  quirks: Quirks,
): Json | undefined {
  if (
    !attribute.multiValued ||
    !Array.isArray(before) ||
    operation.value === undefined ||
    operation.value === null
  ) {
    return undefined;
  }
  work.charge(unitsOf(before));
  const gone = new Set(elementsOf(attribute, operation.value, attribute.name, quirks).map(identity));
  const kept = before.filter((element) => !gone.has(identity(element)));
  return kept.length === 0 ? undefined : kept;
}

function identity(element: Json): string {
  return isJsonObject(element) && "value" in element ? JSON.stringify(element.value) : textOf(element);
}

function isReadOnly({ attribute, sub }: Target): boolean {
  return attribute.mutability === "readOnly" || sub?.mutability === "readOnly";
}
