import { badRequest, quoted } from "../protocol/error.ts";
import type { Quirks } from "../quirks/quirks.ts";
import { type Attribute, valueAttribute } from "../schema/attribute.ts";
import { type ResourceType, resolveTarget, type Target } from "../schema/resource-type.ts";
import { literal } from "./parameters.ts";

/** The alias under which statements know the row of a resource. */
export const ROW = "r";

/** Where SQL finds the values of an attribute: one per row, or one per element of a list. */
export type Field =
  /** `text` is null when the attribute is unassigned; `native` is the column in its own type. */
  | {
      readonly kind: "single";
      readonly attribute: Attribute;
      readonly text: string;
      readonly column?: Column;
    }
  | {
      readonly kind: "list";
      readonly list: Attribute;
      readonly array: string;
      readonly sub: Attribute | undefined;
    }
  | { readonly kind: "membership"; readonly list: Attribute; readonly sub: Attribute }
  /** The same for every resource of the type: `meta.resourceType`. */
  | { readonly kind: "constant"; readonly attribute: Attribute; readonly value: string }
  /** The URNs of a resource; `present` says whether the resource uses an extension. */
  | { readonly kind: "schemas" }
  /** A complex attribute that can only be asked for presence: `name pr`. */
  | { readonly kind: "object"; readonly attribute: Attribute; readonly json: string };

export interface Column {
  readonly name: string;
  /** The column with the value in lower case, where there is one. */
  readonly key: string | undefined;
}

/** Finds an attribute path in SQL: 400 invalidFilter for what is unknown or not searchable. */
export function fieldOf(type: ResourceType, path: string, quirks: Quirks): Field {
  const target = resolveTarget(type, path, quirks);
  if (target === undefined) {
    throw new UnknownAttribute(`${quoted(path)} is not an attribute of a ${type.name}.`);
  }
  const { attribute, sub } = target;
  if (attribute.name === "schemas") {
    return { kind: "schemas" };
  }
  if (sub?.name === "resourceType") {
    return { kind: "constant", attribute: sub, value: type.name };
  }
  if (attribute.returned === "never") {
    throw notSearchable(path);
  }
  return storedField(target, path);
}

/** The path names no attribute of this resource type. */
export class UnknownAttribute extends Error {}

function storedField(target: Target, path: string): Field {
  const { attribute } = target;
  const sub = target.sub ?? valueAttribute(attribute);
  if (attribute.stored.in === "membership") {
    if (sub?.name !== "value") {
      throw notSearchable(path);
    }
    return { kind: "membership", list: attribute, sub };
  }
  const holder = target.extension === undefined ? "" : `->${literal(target.extension.id)}`;
  const json = `${ROW}.resource${holder}->${literal(attribute.name)}`;
  if (attribute.multiValued) {
    return { kind: "list", list: attribute, array: json, sub };
  }
  if (target.sub !== undefined) {
    return singleField(target.sub, `${json}->>${literal(target.sub.name)}`, path);
  }
  if (attribute.type !== "complex") {
    return singleField(attribute, `${ROW}.resource${holder}->>${literal(attribute.name)}`, path);
  }
  return sub === undefined
    ? { kind: "object", attribute, json }
    : singleField(sub, `${json}->>${literal(sub.name)}`, path);
}

function singleField(attribute: Attribute, text: string, path: string): Field {
  const { stored } = attribute;
  if (stored.in === "nothing") {
    throw notSearchable(path);
  }
  if (stored.in !== "column") {
    return { kind: "single", attribute, text };
  }
  const name = `${ROW}.${stored.column}`;
  const key = stored.key === undefined ? undefined : `${ROW}.${stored.key}`;
  return { kind: "single", attribute, text: `${name}::text`, column: { name, key } };
}

function notSearchable(path: string): Error {
  return badRequest("invalidFilter", `${quoted(path)} cannot be searched or sorted by.`);
}
