import { type Attribute, attribute, complex } from "./attribute.ts";

/** RFC 7643 §3.1: attributes that every resource has, and that no schema lists. */
export const COMMON_ATTRIBUTES: readonly Attribute[] = [
  attribute("schemas", "The URNs of the schemas that the resource uses.", {
    type: "reference",
    multiValued: true,
    required: true,
    caseExact: true,
    mutability: "readOnly",
    returned: "always",
    stored: { in: "nothing" },
  }),
  attribute("id", "The identifier that this server gave to the resource.", {
    caseExact: true,
    mutability: "readOnly",
    returned: "always",
    uniqueness: "server",
    stored: { in: "column", column: "id" },
  }),
  attribute("externalId", "The identifier that the client gave to the resource.", {
    caseExact: true,
    stored: { in: "column", column: "external_id" },
  }),
  complex(
    "meta",
    "What the server knows about the resource.",
    [
      readOnly("resourceType", "The name of the resource type."),
      readOnly("created", "When the resource was created.", { column: "created_at" }),
      readOnly("lastModified", "When the resource last changed.", { column: "last_modified" }),
      readOnly("location", "The URI of the resource."),
      readOnly("version", "The entity tag of the resource."),
    ],
    { mutability: "readOnly", stored: { in: "nothing" } },
  ),
];

function readOnly(name: string, description: string, date?: { readonly column: string }): Attribute {
  return attribute(name, description, {
    type: date === undefined ? "string" : "dateTime",
    caseExact: true,
    mutability: "readOnly",
    stored: date === undefined ? { in: "nothing" } : { in: "column", column: date.column },
  });
}
