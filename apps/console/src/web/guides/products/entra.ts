import type { Product } from "../guide.ts";

// Sources: MicrosoftDocs/entra-docs, scalekit-inc/developer-docs, clerk/clerk-docs.
export const entra: Product = {
  id: "entra",
  name: "Microsoft Entra ID",
  provider: "entra",
  metadataUrl: true,
  saml: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Entra ID", "Enterprise apps", "New application", "Create your own application"],
        fields: [
          { label: "Integrate any other application you don't find in the gallery (Non-gallery)", text: "✓" },
        ],
      },
      {
        id: "configure",
        path: ["Manage", "Single sign-on", "SAML", "Basic SAML Configuration", "Edit"],
        fields: [
          { label: "Identifier (Entity ID)", value: "spEntityId" },
          { label: "Reply URL (Assertion Consumer Service URL)", value: "acsUrl" },
        ],
      },
      {
        id: "claims",
        path: ["Attributes & Claims", "Edit", "Add a group claim"],
        fields: [{ label: "Groups assigned to the application", text: "✓" }],
      },
      { id: "assign", path: ["Users and groups", "Add user/group", "Assign"], fields: [] },
      {
        id: "metadata",
        path: ["SAML Certificates"],
        fields: [{ label: "App Federation Metadata Url" }],
      },
    ],
  },
  oidc: {
    checked: "2026-11-28",
    steps: [
      {
        id: "register",
        path: ["App registrations", "New registration"],
        fields: [
          { label: "Supported account types", text: "Single tenant only" },
          { label: "Redirect URI: Web", value: "redirectUri" },
        ],
      },
      {
        id: "secret",
        path: ["Certificates & secrets", "New client secret"],
        fields: [{ label: "Value" }],
      },
      {
        id: "claims",
        path: ["Token configuration", "Add optional claim", "ID"],
        fields: [
          { label: "email", text: "✓" },
          { label: "family_name", text: "✓" },
          { label: "given_name", text: "✓" },
        ],
      },
      {
        id: "credentials",
        path: ["Overview"],
        fields: [{ label: "Application (client) ID" }, { label: "Directory (tenant) ID" }],
      },
    ],
  },
  scim: {
    checked: "2026-11-28",
    steps: [
      {
        id: "connect",
        path: ["Provisioning", "New configuration"],
        fields: [
          { label: "Tenant URL", value: "baseUrl" },
          { label: "Secret token", value: "token" },
        ],
      },
      {
        id: "mapping",
        path: ["Attribute mapping", "Users"],
        fields: [{ label: "externalId", text: "objectId" }],
      },
      { id: "assign", path: ["Users and groups", "Add user/group"], fields: [] },
      { id: "start", path: ["Provision on demand"], fields: [] },
    ],
  },
};
