import type { Product } from "../guide.ts";

// Sources: ory/docs, WorkOS' guides for Rippling (SAML, SCIM).
export const rippling: Product = {
  id: "rippling",
  name: "Rippling",
  provider: "generic",
  metadataUrl: true,
  saml: {
    checked: "2026-11-29",
    steps: [
      {
        id: "create",
        path: ["IT Management", "Custom App", "Create New App"],
        fields: [
          { label: "App Name", free: true },
          { label: "Single Sign-On (SAML)", text: "✓" },
        ],
      },
      { id: "metadata", path: ["SSO Setup Instructions"], fields: [{ label: "IdP Metadata URL" }] },
      {
        id: "configure",
        path: ["SSO Setup Instructions"],
        fields: [
          { label: "ACS URL", value: "acsUrl" },
          { label: "Service Provider Entity ID", value: "spEntityId" },
        ],
      },
      { id: "access", path: ["Move to Next Step", "Access Rules"], fields: [] },
      {
        id: "attributes",
        path: ["Settings", "SAML Attributes", "Create new"],
        fields: [
          { label: "email", text: "User's email address" },
          { label: "firstName", text: "User's Legal first name" },
          { label: "lastName", text: "User's Legal last name" },
        ],
      },
      {
        id: "unsolicited",
        path: ["Settings", "Advanced SAML Settings", "Edit"],
        fields: [{ label: "Disable 'InResponseTo' field in assertions for IdP initiated SSO", text: "✓" }],
      },
    ],
  },
  scim: {
    checked: "2026-11-29",
    steps: [
      {
        id: "create",
        path: ["IT Management", "Custom App", "Create New App"],
        fields: [{ label: "User Management via SCIM", text: "✓" }],
      },
      {
        id: "configure",
        path: ["Continue"],
        fields: [
          { label: "SCIM version", text: "2.0" },
          { label: "SCIM Base URL", value: "baseUrl" },
          { label: "SCIM Authorization Method", text: "Bearer Token" },
          {
            label: "Supported SCIM Attributes",
            text: "externalId, emails.primary, name.givenName, name.familyName",
          },
        ],
      },
      { id: "token", path: ["Install now"], fields: [{ label: "Bearer Token", value: "token" }] },
    ],
  },
};
