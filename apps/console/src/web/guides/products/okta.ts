import type { Product } from "../guide.ts";

// Sources: okta/okta-developer-docs, scalekit-inc/developer-docs, ssoready/docs.
export const okta: Product = {
  id: "okta",
  name: "Okta",
  provider: "okta",
  metadataUrl: true,
  saml: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Applications", "Applications", "Create App Integration", "SAML 2.0"],
        fields: [{ label: "App name", free: true }],
      },
      {
        id: "configure",
        path: ["Configure SAML"],
        fields: [
          { label: "Single sign-on URL", value: "acsUrl" },
          { label: "Audience URI (SP Entity ID)", value: "spEntityId" },
          { label: "Name ID format", text: "EmailAddress" },
        ],
      },
      {
        id: "attributes",
        path: ["Attribute Statements", "Add expression"],
        fields: [
          { label: "email", text: "user.profile.email" },
          { label: "firstName", text: "user.profile.firstName" },
          { label: "lastName", text: "user.profile.lastName" },
        ],
      },
      { id: "assign", path: ["Assignments", "Assign", "Assign to Groups"], fields: [] },
      {
        id: "metadata",
        path: ["Sign On", "SAML 2.0", "Metadata details"],
        fields: [{ label: "Metadata URL" }],
      },
    ],
  },
  oidc: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: [
          "Applications",
          "Applications",
          "Create App Integration",
          "OIDC - OpenID Connect",
          "Web Application",
        ],
        fields: [{ label: "Sign-in redirect URIs", value: "redirectUri" }],
      },
      { id: "assign", path: ["Assignments"], fields: [] },
      {
        id: "credentials",
        path: ["General"],
        fields: [{ label: "Client ID" }, { label: "Client Secret" }],
      },
    ],
  },
  scim: {
    checked: "2026-11-28",
    steps: [
      {
        id: "enable",
        path: ["General", "App Settings", "Edit", "Provisioning: SCIM", "Save"],
        fields: [],
      },
      {
        id: "connect",
        path: ["Provisioning", "Integration", "Edit"],
        fields: [
          { label: "SCIM connector base URL", value: "baseUrl" },
          { label: "Unique identifier field for users", text: "userName" },
          { label: "Authentication Mode", text: "HTTP Header" },
          { label: "Authorization", value: "token" },
        ],
      },
      {
        id: "actions",
        path: ["Provisioning", "To App", "Edit"],
        fields: [
          { label: "Create Users", text: "✓" },
          { label: "Update User Attributes", text: "✓" },
          { label: "Deactivate Users", text: "✓" },
        ],
      },
      { id: "groups", path: ["Push Groups", "Find groups by name"], fields: [] },
    ],
  },
};
