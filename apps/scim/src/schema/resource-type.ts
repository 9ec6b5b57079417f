import { isObject, type UnknownObject } from "../protocol/json.ts";
import type { Quirks } from "../quirks/quirks.ts";
import { type Attribute, findAttribute, type Schema } from "./attribute.ts";
import { COMMON_ATTRIBUTES } from "./common.ts";
import { GROUP_SCHEMA } from "./group.ts";
import { ENTERPRISE_SCHEMA, USER_SCHEMA } from "./user.ts";

/** RFC 7643 §6: one kind of resource of one directory. */
export interface ResourceType {
  readonly name: "User" | "Group";
  /** Also the last segment of its endpoint. */
  readonly endpoint: "Users" | "Groups";
  readonly description: string;
  readonly schema: Schema;
  readonly extensions: readonly Schema[];
  /** The attributes that stand at the top of the document: the common ones, then those of `schema`. */
  readonly attributes: readonly Attribute[];
}

/** What a path such as `name.givenName` or `urn:…:User:department` names. */
export interface Target {
  /** The extension that the attribute belongs to; undefined at the top of the document. */
  readonly extension: Schema | undefined;
  readonly attribute: Attribute;
  readonly sub: Attribute | undefined;
}

export function userType(extensions: readonly Schema[] = []): ResourceType {
  return {
    name: "User",
    endpoint: "Users",
    description: USER_SCHEMA.description,
    schema: USER_SCHEMA,
    extensions: [ENTERPRISE_SCHEMA, ...extensions],
    attributes: [...COMMON_ATTRIBUTES, ...USER_SCHEMA.attributes],
  };
}

export function groupType(extensions: readonly Schema[] = []): ResourceType {
  return {
    name: "Group",
    endpoint: "Groups",
    description: GROUP_SCHEMA.description,
    schema: GROUP_SCHEMA,
    extensions,
    attributes: [...COMMON_ATTRIBUTES, ...GROUP_SCHEMA.attributes],
  };
}

/** Finds what an attribute path names (RFC 7644 §3.10), in any case; undefined when there is no such attribute. */
export function resolveTarget(type: ResourceType, path: string, quirks: Quirks): Target | undefined {
  const { schema, rest } = splitSchema(type, path, quirks);
  const [name = "", subName, ...more] = rest.split(".");
  if (more.length > 0) {
    return undefined;
  }
  const found = findIn(type, schema, name, quirks);
  if (found === undefined || subName === undefined) {
    return found;
  }
  const sub = findAttribute(found.attribute.subAttributes, subName);
  return sub === undefined ? undefined : { ...found, sub };
}

/** The extension schema that a key of a document names, in any case. */
export function findExtension(type: ResourceType, key: string, quirks: Quirks): Schema | undefined {
  const id = correctUrn(key, quirks).toLowerCase();
  return type.extensions.find((schema) => schema.id.toLowerCase() === id);
}

/** Whether a key of a document, or a path, is the URN of the core schema. */
export function isCoreSchema(type: ResourceType, key: string, quirks: Quirks): boolean {
  return quirks.has("coreSchemaAsContainer") && key.toLowerCase() === type.schema.id.toLowerCase();
}

/** The object with what stands under the URN of the core schema beside the rest, as if it had been sent there. */
export function withoutCoreContainer(
  type: ResourceType,
  object: UnknownObject,
  quirks: Quirks,
): UnknownObject {
  const keys = Object.keys(object);
  if (!keys.some((key) => isCoreSchema(type, key, quirks))) {
    return object;
  }
  const entries = Object.entries(object).flatMap(([key, value]): [string, unknown][] =>
    isCoreSchema(type, key, quirks) && isObject(value) ? Object.entries(value) : [[key, value]],
  );
  return Object.fromEntries(entries);
}

/** Attributes of the extension, or of the resource's own top. */
export function attributesOf(type: ResourceType, extension: Schema | undefined): readonly Attribute[] {
  return extension === undefined ? type.attributes : extension.attributes;
}

function findIn(
  type: ResourceType,
  schema: Schema | undefined,
  name: string,
  quirks: Quirks,
): Target | undefined {
  const extension = schema === type.schema ? undefined : schema;
  const attribute = findAttribute(attributesOf(type, extension), name);
  if (attribute !== undefined) {
    return { extension, attribute, sub: undefined };
  }
  if (schema !== undefined || !quirks.has("bareEnterpriseAttributes")) {
    return undefined;
  }
  const enterprise = type.extensions.find((candidate) => candidate === ENTERPRISE_SCHEMA);
  const bare = enterprise === undefined ? undefined : findAttribute(enterprise.attributes, name);
  return bare === undefined ? undefined : { extension: enterprise, attribute: bare, sub: undefined };
}

function splitSchema(type: ResourceType, path: string, quirks: Quirks) {
  if (!path.includes(":")) {
    return { schema: undefined, rest: path };
  }
  const text = correctUrn(path, quirks);
  const lower = text.toLowerCase();
  const schema = [type.schema, ...type.extensions].find((candidate) => isBehind(candidate, lower, quirks));
  return schema === undefined
    ? { schema: undefined, rest: text }
    : { schema, rest: text.slice(schema.id.length + 1) };
}

/** Whether the path names something of the schema: `urn:…:User:active`. */
function isBehind({ id }: Schema, lowerPath: string, quirks: Quirks): boolean {
  const separator = lowerPath[id.length];
  return (
    (separator === ":" || (separator === "." && quirks.has("misspelledUrns"))) &&
    lowerPath.startsWith(id.toLowerCase())
  );
}

function correctUrn(text: string, quirks: Quirks): string {
  return quirks.has("misspelledUrns")
    ? text.replace(/^urn:ietf:params:scim:schemas:extension:enterprise:2\.0:?User/i, ENTERPRISE_SCHEMA.id)
    : text;
}
