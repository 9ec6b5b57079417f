import type { DirectorySettings, ExtensionAttribute } from "@sallyport/directories";
import { type Attribute, attribute, type Schema } from "../schema/attribute.ts";

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
  const { name, description, ...rest } = input;
  if (rest.type === "complex") {
    return attribute(name, description, { ...rest, subAttributes: rest.subAttributes.map(toAttribute) });
  }
  // RFC 7643 §7: a reference says what it refers to; what a client declares refers to none of our resource types.
  const refersTo = rest.type === "reference" ? { referenceTypes: ["external"] } : {};
  return attribute(name, description, { ...rest, ...refersTo });
}
