import { z } from "zod";
import type { Attribute, Schema } from "../schema/attribute.ts";
import { attribute } from "../schema/attribute.ts";

// "constructor" and its like would read what every object inherits.
const NAME = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,63}$/, "must begin with a letter and hold letters, digits, _ and - only")
  .refine((name) => !(name in Object.prototype), "is reserved");

const simpleAttribute = z.strictObject({
  name: NAME,
  type: z
    .enum(["string", "boolean", "decimal", "integer", "dateTime", "reference", "binary"])
    .default("string"),
  description: z.string().max(1000).default(""),
  multiValued: z.boolean().default(false),
  required: z.boolean().default(false),
  caseExact: z.boolean().default(false),
  canonicalValues: z.array(z.string().max(200)).max(100).optional(),
});

const extensionAttribute = z.union([
  simpleAttribute,
  simpleAttribute.extend({
    type: z.literal("complex"),
    subAttributes: z.array(simpleAttribute).min(1).max(50),
  }),
]);

const extensionSchema = z.strictObject({
  id: z.string().regex(/^urn:[a-z0-9][a-z0-9-]{1,31}:[\w:.-]{1,200}$/i, "must be a URN"),
  name: NAME,
  description: z.string().max(1000).default(""),
  resourceType: z.enum(["User", "Group"]),
  attributes: z.array(extensionAttribute).min(1).max(100),
});

/** What `directories.settings` may say to the SCIM server. */
export const directorySettings = z.object({
  /** Extension schemas of this directory, beside the enterprise one (RFC 7643 §3.3). */
  extensions: z.array(extensionSchema).max(20).default([]),
  /** Requests per second, and how many may come at once. */
  rateLimit: z
    .strictObject({ perSecond: z.int().min(1).max(10_000), burst: z.int().min(1).max(100_000) })
    .optional(),
});

export type DirectorySettings = z.infer<typeof directorySettings>;
type ExtensionAttribute = z.infer<typeof extensionAttribute>;

/** The extension schemas that the settings declare for a resource type. */
export function extensionsFor(settings: DirectorySettings, resourceType: "User" | "Group"): Schema[] {
  return settings.extensions
    .filter((extension) => extension.resourceType === resourceType)
    .map(({ id, name, description, attributes }) => ({
      id,
      name,
      description,
      attributes: attributes.map(toAttribute),
    }));
}

function toAttribute(input: ExtensionAttribute): Attribute {
  const { name, description, canonicalValues, ...rest } = input;
  const subAttributes = "subAttributes" in input ? input.subAttributes.map(toAttribute) : [];
  return attribute(name, description, {
    ...rest,
    subAttributes,
    ...(canonicalValues === undefined ? {} : { canonicalValues }),
  });
}
