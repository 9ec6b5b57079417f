import { attribute, complex, type Schema } from "./attribute.ts";

/** RFC 7643 §4.2. Members are users: nested groups are refused, since no supported client pushes them. */
export const GROUP_SCHEMA: Schema = {
  id: "urn:ietf:params:scim:schemas:core:2.0:Group",
  name: "Group",
  description: "A group of users.",
  attributes: [
    attribute("displayName", "The name of the group.", {
      required: true,
      trimmed: true,
      stored: { in: "column", column: "display_name", key: "display_name_key" },
    }),
    complex(
      "members",
      "The users and groups in the group.",
      [
        attribute("value", "The id of the user or group.", { caseExact: true, mutability: "immutable" }),
        attribute("$ref", "The URI of the user or group.", {
          type: "reference",
          caseExact: true,
          referenceTypes: ["User", "Group"],
          mutability: "immutable",
        }),
        attribute("display", "The displayName, or else the userName.", { mutability: "readOnly" }),
        attribute("type", "User or Group.", { canonicalValues: ["User", "Group"], mutability: "immutable" }),
      ],
      { multiValued: true, stored: { in: "membership" } },
    ),
  ],
};
