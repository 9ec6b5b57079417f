import { z } from "zod";

const HOUR_S = 3600;

// "constructor" and its like would read what every object inherits.
const name = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,63}$/, "Must begin with a letter and hold up to 64 letters, digits, _ and - only")
  .refine((value) => !(value in Object.prototype), "Is a name that JavaScript reserves")
  .meta({ description: "Compared in any case." });

const description = z.string().max(1000).default("");

const simple = {
  name,
  type: z
    .enum(["string", "boolean", "decimal", "integer", "dateTime", "reference", "binary"])
    .default("string"),
  description,
  multiValued: z.boolean().default(false),
  required: z
    .boolean()
    .default(false)
    .meta({ description: "Of a resource that uses the extension at all (RFC 7643, section 7)." }),
  caseExact: z.boolean().default(false),
  canonicalValues: z.array(z.string().min(1).max(200)).min(1).max(100).exactOptional(),
};

const simpleAttribute = z.strictObject(simple).meta({ id: "ExtensionAttribute" });

const complexAttribute = z
  .strictObject({
    ...{ name, description, multiValued: simple.multiValued, required: simple.required },
    type: z.literal("complex"),
    subAttributes: z
      .array(simpleAttribute.refine(({ multiValued }) => !multiValued, "A sub-attribute has one value"))
      .min(1)
      .max(50)
      .refine(haveDistinctNames, "Has two sub-attributes of one name"),
  })
  .meta({ id: "ComplexExtensionAttribute" });

// The namespace that RFC 7643 §10 keeps for the IETF's own: a core attribute is never declared anew.
const RESERVED = /^urn:ietf:params:scim:(?:schemas:core|schemas:extension:enterprise:2\.0:user$|api):?/i;

const extensionSchema = z
  .strictObject({
    id: z
      .string()
      .regex(
        /^urn:[a-z0-9][a-z0-9-]{1,31}:[\w:.-]{1,200}$/i,
        "Must be a URN, as urn:example:params:scim:acme:1.0:User",
      )
      .refine((urn) => !RESERVED.test(urn), "Is a URN of RFC 7643's own: choose one of yours"),
    name,
    description,
    resourceType: z.enum(["User", "Group"]),
    attributes: z
      .array(z.union([complexAttribute, simpleAttribute]))
      .min(1)
      .max(100)
      .refine(haveDistinctNames, "Has two attributes of one name"),
  })
  .meta({ id: "ExtensionSchema" });

/** What `directories.settings` holds: how the SCIM server meets this one directory. */
export const directorySettings = z
  .strictObject({
    extensions: z
      .array(extensionSchema)
      .max(20)
      .refine(haveDistinctUrns, "Has two extensions of one URN")
      .default([])
      .meta({
        description:
          "SCIM extension schemas of this directory, beside the enterprise one (RFC 7643, section 3.3). What is stored of an extension that is no longer declared is neither shown nor searched.",
      }),
    rateLimit: z
      .strictObject({ perSecond: z.int().min(1).max(10_000), burst: z.int().min(1).max(100_000) })
      .exactOptional()
      .meta({ description: "Requests per second, and how many may come at once. Default: the gateway's." }),
    publicDiscovery: z.boolean().default(false).meta({
      description:
        "Whether ServiceProviderConfig, ResourceTypes and Schemas are read without a token too (RFC 7644, section 4).",
    }),
    basicAuthentication: z.boolean().default(false).meta({
      description:
        "Whether a token is taken as the password of HTTP Basic too, with any user name: for clients that know no bearer tokens.",
    }),
    accessTokenSeconds: z
      .int()
      .min(HOUR_S)
      .max(6 * HOUR_S)
      .default(HOUR_S)
      .meta({ description: "How long an access token of this directory's OAuth clients lives." }),
  })
  .meta({ id: "DirectorySettings" });

export type DirectorySettings = z.output<typeof directorySettings>;
export type ExtensionSchema = DirectorySettings["extensions"][number];
export type ExtensionAttribute = ExtensionSchema["attributes"][number];

function haveDistinctNames(attributes: readonly { readonly name: string }[]): boolean {
  return new Set(attributes.map((attribute) => attribute.name.toLowerCase())).size === attributes.length;
}

function haveDistinctUrns(schemas: readonly { readonly id: string }[]): boolean {
  return new Set(schemas.map((schema) => schema.id.toLowerCase())).size === schemas.length;
}
