import { attribute, canonical, complex, plural, type Schema } from "./attribute.ts";

/** RFC 7643 §4.1. */
export const USER_SCHEMA: Schema = {
  id: "urn:ietf:params:scim:schemas:core:2.0:User",
  name: "User",
  description: "A person, as the identity provider knows them.",
  attributes: [
    attribute("userName", "The name that the person signs in with at the identity provider.", {
      required: true,
      uniqueness: "server",
      stored: { in: "column", column: "user_name", key: "user_name_key" },
    }),
    complex("name", "The components of the person's name.", [
      attribute("formatted", "The full name, for display."),
      attribute("familyName", "The family name."),
      attribute("givenName", "The given name."),
      attribute("middleName", "The middle name."),
      attribute("honorificPrefix", "A title before the name."),
      attribute("honorificSuffix", "A suffix after the name."),
    ]),
    attribute("displayName", "The name of the person, for display."),
    attribute("nickName", "The casual name of the person."),
    attribute("profileUrl", "A web page about the person.", reference("external")),
    attribute("title", "The person's job title."),
    attribute("userType", "The person's relation to the organization."),
    attribute("preferredLanguage", "The person's languages, as in Accept-Language."),
    attribute("locale", "The person's locale, for formats."),
    attribute("timezone", "The person's time zone, as the IANA names it."),
    attribute("active", "Whether the person may sign in.", {
      type: "boolean",
      stored: { in: "column", column: "active" },
    }),
    attribute("password", "Accepted for clients that insist on sending one, and dropped at once.", {
      caseExact: true,
      mutability: "writeOnly",
      returned: "never",
      stored: { in: "nothing" },
    }),
    plural("emails", "Email addresses.", {
      value: { stored: { in: "resource", indexed: true } },
      types: ["work", "home", "other"],
    }),
    plural("phoneNumbers", "Phone numbers.", {
      types: ["work", "home", "mobile", "fax", "pager", "other"],
    }),
    plural("ims", "Instant messaging addresses.", {
      types: ["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"],
    }),
    plural("photos", "Pictures of the person.", {
      value: reference("external"),
      types: ["photo", "thumbnail"],
    }),
    complex(
      "addresses",
      "Postal addresses.",
      [
        attribute("formatted", "The full address, for a label."),
        attribute("streetAddress", "Street, house, post box."),
        attribute("locality", "City."),
        attribute("region", "State or region."),
        attribute("postalCode", "Postal code."),
        attribute("country", "Country, ISO 3166-1 alpha-2."),
        attribute("type", "A label for the address' function.", canonical(["work", "home", "other"])),
        attribute("primary", "Whether this is the preferred address.", { type: "boolean" }),
      ],
      { multiValued: true },
    ),
    complex(
      "groups",
      "The groups that the person is in. Changed through the groups.",
      [
        attribute("value", "The id of the group.", { caseExact: true, mutability: "readOnly" }),
        attribute("$ref", "The URI of the group.", { ...reference("Group"), mutability: "readOnly" }),
        attribute("display", "The group's displayName.", { mutability: "readOnly" }),
        attribute("type", "Whether the user is a member of the group itself, or of a group in it.", {
          ...canonical(["direct", "indirect"]),
          mutability: "readOnly",
        }),
      ],
      { multiValued: true, mutability: "readOnly", stored: { in: "membership" } },
    ),
    plural("entitlements", "Entitlements."),
    plural("roles", "Roles at the identity provider."),
    plural("x509Certificates", "Certificates of the person, DER in base64.", {
      value: { type: "binary", caseExact: true },
    }),
  ],
};

/** RFC 7643 §4.3. */
export const ENTERPRISE_SCHEMA: Schema = {
  id: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  name: "EnterpriseUser",
  description: "What an employer knows about a person.",
  attributes: [
    attribute("employeeNumber", "The number that the employer gave to the person."),
    attribute("costCenter", "The person's cost center."),
    attribute("organization", "The person's organization."),
    attribute("division", "The person's division."),
    attribute("department", "The person's department."),
    complex("manager", "The person's manager.", [
      attribute("value", "The id of the manager's User resource.", { caseExact: true }),
      attribute("$ref", "The URI of the manager's User resource.", {
        ...reference("User"),
        mutability: "readOnly",
        stored: { in: "nothing" },
      }),
      attribute("displayName", "The manager's name, as the client gave it."),
    ]),
  ],
};

function reference(to: string) {
  return { type: "reference", caseExact: true, referenceTypes: [to] } as const;
}
