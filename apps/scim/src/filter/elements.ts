import { canonicalAddress } from "@sallyport/people";
import { badRequest } from "../protocol/error.ts";
import type { Attribute } from "../schema/attribute.ts";
import type { Compare, Filter } from "./ast.ts";
import { compareValue } from "./compare.ts";
import type { Compilation } from "./compilation.ts";
import { type Field, ROW } from "./field.ts";
import { subAttribute } from "./match.ts";
import { literal, type Parameters } from "./parameters.ts";

type List = Extract<Field, { kind: "list" }>;

/** `emails.value eq "x"`, `emails eq "x"`, `emails.type pr`: some element has it. */
export function compileList(field: List, filter: Compare, compilation: Compilation): string {
  const { list, sub } = field;
  const attribute = sub ?? list;
  if (list.type === "complex" && sub === undefined) {
    throw badRequest("invalidFilter", `${list.name} is complex: compare one of its sub-attributes.`);
  }
  const text = elementText(list, attribute);
  const condition = compareValue(attribute, text, filter, compilation.quirks, compilation.parameters);
  return indexed(field, equality(filter, attribute), some(field, condition), compilation.parameters);
}

/** `emails pr`, `emails.type pr`: some element has a value that is not empty. */
export function presentInList(field: List): string {
  const { list, sub } = field;
  if (list.type === "complex" && sub === undefined) {
    return some(
      field,
      "EXISTS (SELECT 1 FROM jsonb_each_text(element.value) AS part(name, text) WHERE part.text <> '')",
    );
  }
  return some(field, `${elementText(list, sub ?? list)} <> ''`);
}

/** `emails[type eq "work" and value co "@x"]`: all of it holds of one and the same element. */
export function compileElements(field: List, filter: Filter, compilation: Compilation): string {
  const condition = some(field, elementCondition(field.list, filter, compilation));
  const { parameters } = compilation;
  for (const each of filter.kind === "and" ? filter.filters : [filter]) {
    if (each.kind !== "compare") {
      continue;
    }
    const sub = subAttribute(field.list, each.path);
    const found = equality(each, sub);
    if (found !== undefined) {
      return indexed({ ...field, sub }, found, condition, parameters);
    }
  }
  return condition;
}

function elementCondition(list: Attribute, filter: Filter, compilation: Compilation): string {
  switch (filter.kind) {
    case "and":
    case "or": {
      const parts = filter.filters.map((each) => elementCondition(list, each, compilation));
      return `(${parts.join(filter.kind === "and" ? " AND " : " OR ")})`;
    }
    case "not":
      return `((${elementCondition(list, filter.filter, compilation)}) IS NOT TRUE)`;
    case "present":
      return `(${elementText(list, subAttribute(list, filter.path))} <> '')`;
    case "compare":
      return compareElement(list, filter, compilation);
    case "elements":
      throw badRequest("invalidFilter", `[ ] cannot nest in ${list.name}[ ].`);
  }
}

function compareElement(list: Attribute, filter: Compare, { quirks, parameters }: Compilation): string {
  const sub = subAttribute(list, filter.path);
  const text = elementText(list, sub);
  if (filter.value !== null) {
    return compareValue(sub, text, filter, quirks, parameters);
  }
  if (filter.operator === "eq") {
    return `(${text} IS NULL)`;
  }
  if (filter.operator === "ne") {
    return `(${text} IS NOT NULL)`;
  }
  throw badRequest("invalidFilter", "null can only be compared by eq and ne.");
}

function elementText(list: Attribute, sub: Attribute): string {
  return list.type === "complex" ? `element.value->>${literal(sub.name)}` : "element.value#>>'{}'";
}

function some(field: List, condition: string): string {
  return `EXISTS (SELECT 1 FROM jsonb_array_elements(${field.array}) AS element(value) WHERE ${condition})`;
}

function equality(filter: Compare, attribute: Attribute): string | undefined {
  const { stored } = attribute;
  const searchable = stored.in === "resource" && stored.indexed === true && filter.operator === "eq";
  return searchable && typeof filter.value === "string" ? filter.value : undefined;
}

/**
 * Narrows a look-up by email to what indexes find. Nearly every user has one email, and it stands in the column
 * `email`; those with several are in a small index of their own (directory_users_emails), so that a create pays for
 * it only where it is needed. `condition` then decides.
 */
function indexed(field: List, value: string | undefined, condition: string, parameters: Parameters): string {
  if (value === undefined || field.list.name !== "emails") {
    return condition;
  }
  const address = canonicalAddress(value);
  // What is no address stands in no column.
  if (address === null) {
    return condition;
  }
  const email = parameters.add(address);
  const several = parameters.add(JSON.stringify([{ value }]));
  return (
    `((${ROW}.email = ${email}::text OR (jsonb_array_length(${ROW}.resource->'emails') > 1 ` +
    `AND lower((${ROW}.resource->'emails')::text)::jsonb @> lower(${several}::text)::jsonb)) AND ${condition})`
  );
}
