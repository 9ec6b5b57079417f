import { badRequest, quoted } from "../protocol/error.ts";
import type { Quirks } from "../quirks/quirks.ts";
import type { Attribute } from "../schema/attribute.ts";
import type { ResourceType } from "../schema/resource-type.ts";
import { type Field, fieldOf, UnknownAttribute } from "./field.ts";
import { literal } from "./parameters.ts";

/** The SQL expression that a list is sorted by: RFC 7644 §3.4.2.3. 400 invalidValue for what has no order. */
export function compileSortKey(type: ResourceType, path: string, quirks: Quirks): string {
  const field = searchable(type, path, quirks);
  switch (field?.kind) {
    case "single":
      return field.column === undefined
        ? ordered(field.attribute, field.text)
        : (field.column.key ?? field.column.name) + collation(field.attribute);
    case "list":
      return ordered(field.sub ?? field.list, primaryValue(field));
    default:
      throw badRequest("invalidValue", `sortBy: resources cannot be sorted by ${quoted(path)}.`);
  }
}

function searchable(type: ResourceType, path: string, quirks: Quirks): Field | undefined {
  try {
    return fieldOf(type, path, quirks);
  } catch (error) {
    if (error instanceof UnknownAttribute) {
      return undefined;
    }
    throw badRequest("invalidValue", `sortBy: resources cannot be sorted by ${quoted(path)}.`);
  }
}

function ordered(attribute: Attribute, text: string): string {
  switch (attribute.type) {
    case "boolean":
      return `(${text})::boolean`;
    case "integer":
    case "decimal":
      return `(${text})::numeric`;
    case "dateTime":
      return `(${text})::timestamptz`;
    default:
      return (attribute.caseExact ? `(${text})` : `lower(${text})`) + collation(attribute);
  }
}

// By code point: the same order on every server.
function collation(attribute: Attribute): string {
  const text = attribute.type === "string" || attribute.type === "reference" || attribute.type === "binary";
  return text && attribute.name !== "id" ? ' COLLATE "C"' : "";
}

/** "If the attribute is multi-valued, by the primary value, or else the first." */
function primaryValue(field: Extract<Field, { kind: "list" }>): string {
  const value =
    field.list.type === "complex"
      ? `element.value->>${literal(field.sub?.name ?? "value")}`
      : "element.value#>>'{}'";
  return (
    `(SELECT ${value} FROM jsonb_array_elements(${field.array}) WITH ORDINALITY AS element(value, position) ` +
    "ORDER BY (element.value->>'primary') IS NOT DISTINCT FROM 'true' DESC, element.position LIMIT 1)"
  );
}
