import { badRequest } from "../protocol/error.ts";
import {
  isJsonObject,
  isObject,
  type Json,
  type JsonObject,
  member,
  members,
  type UnknownObject,
} from "../protocol/json.ts";
import { MAX_ELEMENTS } from "../protocol/limits.ts";
import type { Quirks } from "../quirks/quirks.ts";
import { type Attribute, type Schema, valueAttribute } from "./attribute.ts";
import { requireReadable } from "./bounds.ts";
import { attributesOf, findExtension, type ResourceType, resolveTarget } from "./resource-type.ts";
import { parseScalar } from "./scalar.ts";

/**
 * Reads a resource as a client sent it in a POST or PUT into a document of ours: canonical names, checked types,
 * nothing that is unassigned (RFC 7643 §2.5), unknown, read-only or never kept. 400 where a value cannot be that of
 * its attribute. The input is not changed.
 */
export function normalizeResource(type: ResourceType, input: unknown, quirks: Quirks): JsonObject {
  if (!isObject(input)) {
    throw badRequest("invalidSyntax", "The body must be a JSON object.");
  }
  requireReadable(input);
  requireSchema(input, type.schema.id, quirks);
  const document: JsonObject = {};
  for (const [key, value] of Object.entries(input)) {
    const extension = findExtension(type, key, quirks);
    if (extension === undefined) {
      assignMember(document, type, key, value, quirks);
    } else {
      assignExtension(document, extension, value, quirks);
    }
  }
  requireAttributes(type, document);
  return document;
}

/** 400 unless every required attribute has a value: RFC 7643 §7. */
export function requireAttributes(type: ResourceType, document: JsonObject): void {
  for (const extension of [undefined, ...type.extensions]) {
    const holder = extension === undefined ? document : document[extension.id];
    if (!isObject(holder)) {
      continue;
    }
    for (const attribute of attributesOf(type, extension)) {
      if (!attribute.required || attribute.mutability === "readOnly") {
        continue;
      }
      const value = holder[attribute.name];
      if (value === undefined || value === "") {
        throw badRequest("invalidValue", `${attribute.name} is required and must not be empty.`);
      }
    }
  }
}

/** 400 unless the body names `schema` among its `schemas`. */
export function requireSchema(body: UnknownObject, schema: string, quirks: Quirks): void {
  if (quirks.has("schemasOptional")) {
    return;
  }
  const schemas = member(body, "schemas");
  const named =
    Array.isArray(schemas) &&
    schemas.some((id) => typeof id === "string" && id.toLowerCase() === schema.toLowerCase());
  if (!named) {
    throw badRequest("invalidSyntax", `schemas must be an array that holds ${JSON.stringify(schema)}.`);
  }
}

/**
 * The value of one attribute, checked and in canonical form; undefined when it is unassigned.
 * @param path names the attribute in errors
 */
export function normalizeValue(
  attribute: Attribute,
  input: unknown,
  path: string,
  quirks: Quirks,
): Json | undefined {
  if (isCleared(input, quirks)) {
    return undefined;
  }
  if (!attribute.multiValued) {
    const single = quirks.has("looselyShapedValues") && Array.isArray(input) ? input[0] : input;
    return isCleared(single, quirks) ? undefined : normalizeElement(attribute, single, path, quirks);
  }
  const elements = elementsOf(attribute, input, path, quirks);
  return elements.length === 0 ? undefined : elements;
}

/** The elements of a multi-valued attribute's value: checked, without doubles, `primary` at most once. */
export function elementsOf(attribute: Attribute, input: unknown, path: string, quirks: Quirks): Json[] {
  const list = Array.isArray(input) || !quirks.has("looselyShapedValues") ? input : [input];
  if (!Array.isArray(list)) {
    throw badRequest("invalidValue", `${path} must be an array.`);
  }
  if (list.length > MAX_ELEMENTS) {
    throw badRequest("invalidValue", `${path} must not hold more than ${MAX_ELEMENTS} values.`);
  }
  const elements: Json[] = [];
  const seen = new Set<string>();
  for (const item of list) {
    const element = isCleared(item, quirks) ? undefined : normalizeElement(attribute, item, path, quirks);
    if (element === undefined) {
      continue;
    }
    const text = JSON.stringify(element);
    if (seen.has(text)) {
      continue;
    }
    seen.add(text);
    elements.push(element);
  }
  return onePrimary(elements, path, quirks);
}

/** One element of a multi-valued attribute, or the value of a singular one. */
export function normalizeElement(
  attribute: Attribute,
  input: unknown,
  path: string,
  quirks: Quirks,
): Json | undefined {
  if (attribute.type !== "complex") {
    return parseScalar(attribute, input, path, quirks);
  }
  const object = asComplex(attribute, input, path, quirks);
  const result: JsonObject = {};
  const read = members(object);
  for (const sub of attribute.subAttributes) {
    if (sub.stored.in === "nothing") {
      continue;
    }
    const value = read(sub.name);
    if (isCleared(value, quirks)) {
      continue;
    }
    result[sub.name] = parseScalar(sub, value, `${path}.${sub.name}`, quirks);
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

/** Whether a value means "unassigned" (RFC 7643 §2.5: null and the empty array). */
export function isCleared(value: unknown, quirks: Quirks): boolean {
  if (value === undefined || value === null) {
    return true;
  }
  if (value === "") {
    return quirks.has("emptyStringClears");
  }
  return Array.isArray(value) && value.length === 0;
}

function assignMember(
  document: JsonObject,
  type: ResourceType,
  key: string,
  input: unknown,
  quirks: Quirks,
): void {
  const target = resolveTarget(type, key, quirks);
  // Unknown names are ignored (RFC 7644 §3.3 leaves it open), read-only ones must be.
  if (target === undefined || target.sub !== undefined || isDropped(target.attribute)) {
    return;
  }
  const value = normalizeValue(target.attribute, input, target.attribute.name, quirks);
  if (value === undefined) {
    return;
  }
  if (target.extension === undefined) {
    document[target.attribute.name] = value;
  } else {
    document[target.extension.id] = {
      ...objectAt(document, target.extension.id),
      [target.attribute.name]: value,
    };
  }
}

function assignExtension(document: JsonObject, extension: Schema, input: unknown, quirks: Quirks): void {
  if (isCleared(input, quirks)) {
    return;
  }
  if (!isObject(input)) {
    throw badRequest("invalidValue", `${extension.id} must be an object.`);
  }
  const result = objectAt(document, extension.id);
  const read = members(input);
  for (const attribute of extension.attributes) {
    if (isDropped(attribute)) {
      continue;
    }
    const path = `${extension.id}:${attribute.name}`;
    const value = normalizeValue(attribute, read(attribute.name), path, quirks);
    if (value !== undefined) {
      result[attribute.name] = value;
    }
  }
  if (Object.keys(result).length > 0) {
    document[extension.id] = result;
  }
}

/** Whether what a client sends for the attribute is never kept: read-only ones, and `password`. */
export function isDropped(attribute: Attribute): boolean {
  return attribute.mutability === "readOnly" || attribute.stored.in === "nothing";
}

function asComplex(attribute: Attribute, input: unknown, path: string, quirks: Quirks): UnknownObject {
  if (isObject(input)) {
    return quirks.has("elementsAsJsonStrings") ? unwrapJson(input) : input;
  }
  const scalar = typeof input === "string" && valueAttribute(attribute) !== undefined;
  if (scalar && quirks.has("looselyShapedValues")) {
    return { value: input };
  }
  throw badRequest(
    "invalidValue",
    `${path} must be ${attribute.multiValued ? "an array of objects" : "an object"}.`,
  );
}

// Entra's app role assignments: {"value": "{\"id\":…,\"value\":\"Admin\",\"displayName\":\"Administrator\"}"}.
function unwrapJson(element: UnknownObject): UnknownObject {
  const text = member(element, "value");
  if (typeof text !== "string" || !text.startsWith("{")) {
    return element;
  }
  try {
    const inner: unknown = JSON.parse(text);
    if (!isObject(inner)) {
      return element;
    }
    return { ...element, value: member(inner, "value"), display: member(inner, "displayName") };
  } catch {
    return element; // a value that merely begins with a brace
  }
}

function onePrimary(elements: Json[], path: string, quirks: Quirks): Json[] {
  const primaries = elements.filter((element) => isObject(element) && element.primary === true);
  if (primaries.length < 2) {
    return elements;
  }
  if (!quirks.has("lastPrimaryWins")) {
    throw badRequest("invalidValue", `${path} has more than one element whose primary is true.`);
  }
  return keepLastPrimary(elements);
}

/** The elements with `primary` left true on the last of those that had it. */
function keepLastPrimary(elements: readonly Json[]): Json[] {
  const last = elements.findLastIndex((element) => isObject(element) && element.primary === true);
  return elements.map((element, index) =>
    isJsonObject(element) && element.primary === true && index !== last
      ? { ...element, primary: false }
      : element,
  );
}

function objectAt(document: JsonObject, key: string): JsonObject {
  const value = document[key];
  return isJsonObject(value) ? { ...value } : {};
}
