import { badRequest, ScimError } from "../protocol/error.ts";
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
import type { Reading } from "../quirks/reading.ts";
import { type Attribute, type Schema, valueAttribute } from "./attribute.ts";
import { requireReadable } from "./bounds.ts";
import {
  attributesOf,
  findExtension,
  isCoreSchema,
  type ResourceType,
  resolveTarget,
} from "./resource-type.ts";
import { parseScalar } from "./scalar.ts";

/**
 * Reads a resource as a client sent it in a POST or PUT into our own form of document: canonical names, checked types,
 * nothing that is unassigned (RFC 7643 §2.5), unknown, read-only or never kept. 400 where a value cannot be that of
 * its attribute. The input is not changed.
 */
export function normalizeResource(type: ResourceType, input: unknown, reading: Reading): JsonObject {
  if (!isObject(input)) {
    throw badRequest("invalidSyntax", "The body must be a JSON object.");
  }
  requireReadable(input);
  requireSchema(input, type.schema.id, reading);
  const document: JsonObject = {};
  assignMembers(document, type, input, reading);
  requireAttributes(type, document);
  return document;
}

function assignMembers(
  document: JsonObject,
  type: ResourceType,
  input: UnknownObject,
  reading: Reading,
): void {
  for (const [key, value] of Object.entries(input)) {
    const extension = findExtension(type, key, reading);
    if (extension !== undefined) {
      assignExtension(document, extension, value, reading);
    } else if (isCoreSchema(type, key, reading) && isObject(value)) {
      assignMembers(document, type, value, reading);
    } else {
      assignMember(document, type, key, value, reading);
    }
  }
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
        throw missing(attribute);
      }
    }
  }
}

export function missing({ name }: Attribute): ScimError {
  return badRequest("invalidValue", `${name} is required and must not be empty.`);
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
  reading: Reading,
): Json | undefined {
  if (isCleared(input, reading)) {
    return undefined;
  }
  if (!attribute.multiValued) {
    // A list of several booleans says nothing: of other values the first is as good as any.
    const isList = Array.isArray(input) && (attribute.type !== "boolean" || input.length === 1);
    const single = isList && reading.has("looselyShapedValues") ? input[0] : input;
    return isCleared(single, reading) ? undefined : normalizeElement(attribute, single, path, reading);
  }
  const elements = elementsOf(attribute, input, path, reading);
  return elements.length === 0 ? undefined : elements;
}

/** The elements of a multi-valued attribute's value: checked, without doubles, `primary` at most once. */
export function elementsOf(attribute: Attribute, input: unknown, path: string, reading: Reading): Json[] {
  const list = Array.isArray(input) || !reading.has("looselyShapedValues") ? input : [input];
  if (!Array.isArray(list)) {
    throw badRequest("invalidValue", `${path} must be an array.`);
  }
  if (list.length > MAX_ELEMENTS) {
    throw badRequest("invalidValue", `${path} must not hold more than ${MAX_ELEMENTS} values.`);
  }
  const elements: Json[] = [];
  const seen = new Set<string>();
  for (const item of list) {
    const element = isCleared(item, reading)
      ? undefined
      : kept(reading, () => normalizeElement(attribute, item, path, reading));
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
  return onePrimary(elements, path, reading);
}

/** One element of a multi-valued attribute, or the value of a singular one. */
export function normalizeElement(
  attribute: Attribute,
  input: unknown,
  path: string,
  reading: Reading,
): Json | undefined {
  if (attribute.type !== "complex") {
    const simple = isObject(input) && reading.has("looselyShapedValues") ? member(input, "value") : input;
    return parseScalar(attribute, simple, path, reading);
  }
  const object = asComplex(attribute, input, path, reading);
  const result: JsonObject = {};
  const read = members(object);
  for (const sub of attribute.subAttributes) {
    const value = read(sub.name);
    if (sub.stored.in === "nothing" || isCleared(value, reading)) {
      continue;
    }
    const parse = () => parseScalar(sub, value, `${path}.${sub.name}`, reading);
    // Of a list the whole element is left out: one without its value would say something else.
    const parsed = attribute.multiValued ? parse() : kept(reading, parse);
    if (parsed !== undefined) {
      result[sub.name] = parsed;
    }
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
  reading: Reading,
): void {
  const target = resolveTarget(type, key, reading);
  // Unknown names are ignored (RFC 7644 §3.3 leaves it open), read-only ones must be.
  if (target === undefined || target.sub !== undefined || isDropped(target.attribute)) {
    return;
  }
  const { attribute } = target;
  const value = keptUnlessEssential(attribute, reading, () =>
    normalizeValue(attribute, input, attribute.name, reading),
  );
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

function assignExtension(document: JsonObject, extension: Schema, input: unknown, reading: Reading): void {
  if (isCleared(input, reading)) {
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
    const value = keptUnlessEssential(attribute, reading, () =>
      normalizeValue(attribute, read(attribute.name), path, reading),
    );
    if (value !== undefined) {
      result[attribute.name] = value;
    }
  }
  if (Object.keys(result).length > 0) {
    document[extension.id] = result;
  }
}

/** A value, or undefined, with a note, where it cannot be kept and the client's quirks say to leave it out. */
function kept<Value>(reading: Reading, read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!reading.has("dropsWhatItCannotKeep") || !(error instanceof ScimError) || error.status !== 400) {
      throw error;
    }
    reading.note(`Left out: ${error.message}`);
    return undefined;
  }
}

/** The same, but that what identifies a resource, or says whether it is active, is never left out. */
function keptUnlessEssential<Value>(
  { required, stored }: Attribute,
  reading: Reading,
  read: () => Value,
): Value | undefined {
  return required || stored.in === "column" ? read() : kept(reading, read);
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
