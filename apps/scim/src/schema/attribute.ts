/** RFC 7643 §2.2, §7: what an attribute is. One definition serves discovery, parsing, PATCH, filters, sorting, projection. */
export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: "readOnly" | "readWrite" | "immutable" | "writeOnly";
  readonly returned: "always" | "never" | "default" | "request";
  readonly uniqueness: "none" | "server" | "global";
  /** Space around a value is none of it: neither stored nor searched for. */
  readonly trimmed?: true;
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  /** Of complex attributes; empty for all others. */
  readonly subAttributes: readonly Attribute[];
  readonly stored: Stored;
}

export type AttributeType =
  | "string"
  | "boolean"
  | "decimal"
  | "integer"
  | "dateTime"
  | "reference"
  | "binary"
  | "complex";

/** Where an attribute's value lives. */
export type Stored =
  /** In the `resource` document, under its own name (and its schema's URN, for extensions). `indexed`: look-ups by
   * equality have an index, so the value must fit into one. */
  | { readonly in: "resource"; readonly indexed?: true }
  /** In a column of its own; `key` is the column of its lower-case form, where there is one. */
  | { readonly in: "column"; readonly column: string; readonly key?: string }
  /** In directory_group_members: a group's members, or a user's groups. */
  | { readonly in: "membership" }
  /** Told from the row, such as `meta.location`: not searchable. */
  | { readonly in: "nothing" };

export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

type Options = Partial<Omit<Attribute, "name" | "description">>;

const DEFAULTS = {
  type: "string",
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: "readWrite",
  returned: "default",
  uniqueness: "none",
  subAttributes: [],
  stored: { in: "resource" },
} as const satisfies Options;

/** An attribute with RFC 7643 §2.2's defaults: an optional, readable and writable string. */
export function attribute(name: string, description: string, options: Options = {}): Attribute {
  return { ...DEFAULTS, ...options, name, description };
}

export function complex(
  name: string,
  description: string,
  subAttributes: readonly Attribute[],
  options: Options = {},
): Attribute {
  return attribute(name, description, { ...options, type: "complex", subAttributes });
}

/** A multi-valued complex attribute with the sub-attributes of RFC 7643 §2.4: value, display, type, primary. */
export function plural(
  name: string,
  description: string,
  options: { readonly value?: Options; readonly types?: readonly string[] } = {},
): Attribute {
  return complex(
    name,
    description,
    [
      attribute("value", `The value of one of the ${name}.`, options.value),
      attribute("display", "A human-readable name, for display."),
      attribute("type", "A label for the value's function.", canonical(options.types)),
      attribute("primary", "Whether this is the preferred value; true at most once.", { type: "boolean" }),
    ],
    { multiValued: true },
  );
}

export function canonical(values: readonly string[] | undefined): Options {
  return values === undefined ? {} : { canonicalValues: values };
}

export function findAttribute(attributes: readonly Attribute[], name: string): Attribute | undefined {
  const lower = name.toLowerCase();
  return attributes.find((candidate) => candidate.name.toLowerCase() === lower);
}

/** The sub-attribute that stands for the whole in comparisons: `value` (RFC 7644 §3.4.2.2 compares `emails` so). */
export function valueAttribute(attribute: Attribute): Attribute | undefined {
  return findAttribute(attribute.subAttributes, "value");
}
