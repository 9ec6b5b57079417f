/** What a field of a product's provisioning pages means to it. */
export type ScimField =
  | { readonly is: "baseUrl" | "token" | "free" }
  | { readonly is: "needed"; readonly text: string; readonly options?: readonly string[] };

const baseUrl = { is: "baseUrl" } as const;
const token = { is: "token" } as const;
const on = { is: "needed", text: "✓" } as const;

/** The provisioning pages of each product: its fields, and no other, by the product's documentation. */
export const SCIM_CONSOLES: Readonly<Record<string, Readonly<Record<string, ScimField>>>> = {
  okta: {
    Save: on,
    "SCIM connector base URL": baseUrl,
    "Unique identifier field for users": { is: "needed", text: "userName" },
    "Authentication Mode": {
      is: "needed",
      text: "HTTP Header",
      options: ["Basic Auth", "OAuth2", "HTTP Header"],
    },
    Authorization: token,
    "Create Users": on,
    "Update User Attributes": on,
    "Deactivate Users": on,
    "Find groups by name": on,
  },
  entra: {
    "Tenant URL": baseUrl,
    "Secret token": token,
    externalId: { is: "needed", text: "objectId" },
    "Add user/group": on,
    "Provision on demand": on,
  },
  onelogin: { "SCIM Base URL": baseUrl, "SCIM Bearer Token": token, "Enable provisioning": on },
  jumpcloud: {
    "SCIM Version": { is: "needed", text: "SCIM 2.0", options: ["SCIM 1.1", "SCIM 2.0"] },
    "Base URL": baseUrl,
    "Token Key": token,
    "Test User Email": { is: "free" },
  },
  pingone: {
    "SCIM BASE URL": baseUrl,
    "SCIM Version": { is: "needed", text: "2.0", options: ["1.1", "2.0"] },
    "Authentication Method": {
      is: "needed",
      text: "OAuth 2 Bearer Token",
      options: ["Basic Authentication", "OAuth 2 Bearer Token"],
    },
    "OAuth Access Token": token,
    "New Rule": on,
  },
  rippling: {
    "User Management via SCIM": on,
    "SCIM version": { is: "needed", text: "2.0", options: ["1.1", "2.0"] },
    "SCIM Base URL": baseUrl,
    "SCIM Authorization Method": {
      is: "needed",
      text: "Bearer Token",
      options: ["Basic Auth", "Bearer Token"],
    },
    "Supported SCIM Attributes": {
      is: "needed",
      text: "externalId, emails.primary, name.givenName, name.familyName",
    },
    "Bearer Token": token,
  },
  generic: {
    "SCIM base URL": baseUrl,
    "Bearer token": token,
    "Unique identifier": { is: "needed", text: "userName" },
  },
};
