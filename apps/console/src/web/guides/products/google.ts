import type { Product } from "../guide.ts";

// Sources: scalekit-inc/developer-docs, ssoready/docs, support.google.com/a/answer/6087519.
export const google: Product = {
  id: "google",
  name: "Google Workspace",
  provider: "google",
  metadataUrl: false,
  saml: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Apps", "Web and mobile apps", "Add app", "Add custom SAML app"],
        fields: [{ label: "App name", free: true }],
      },
      {
        id: "metadata",
        path: ["Google Identity Provider details"],
        fields: [{ label: "Download Metadata" }],
      },
      {
        id: "configure",
        path: ["Service provider details"],
        fields: [
          { label: "ACS URL", value: "acsUrl" },
          { label: "Entity ID", value: "spEntityId" },
          { label: "Name ID format", text: "EMAIL" },
          { label: "Name ID", text: "Basic Information > Primary email" },
        ],
      },
      {
        id: "attributes",
        path: ["Attribute mapping", "Add mapping"],
        fields: [
          { label: "Primary email", text: "email" },
          { label: "First name", text: "firstName" },
          { label: "Last name", text: "lastName" },
          { label: "Group membership (optional)", text: "groups" },
        ],
      },
      { id: "access", path: ["User access"], fields: [{ label: "ON for everyone", text: "✓" }] },
    ],
  },
};
