import type { Product } from "../guide.ts";

// Sources: ssoready/docs, scalekit-inc/developer-docs, ory/polis, ory/docs.
export const jumpcloud: Product = {
  id: "jumpcloud",
  name: "JumpCloud",
  provider: "jumpcloud",
  metadataUrl: true,
  saml: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Access", "SSO Applications", "Add New Application", "Custom Application"],
        fields: [
          { label: "Configure SSO with SAML", text: "✓" },
          { label: "Display Label", free: true },
        ],
      },
      {
        id: "configure",
        path: ["SSO"],
        fields: [
          { label: "IdP Entity ID", free: true },
          { label: "SP Entity ID", value: "spEntityId" },
          { label: "ACS URLs → Default URL", value: "acsUrl" },
          { label: "SAMLSubject NameID", text: "email" },
          { label: "Sign", text: "Assertion" },
        ],
      },
      {
        id: "attributes",
        path: ["SSO", "User Attribute Mapping"],
        fields: [
          { label: "email", text: "email" },
          { label: "firstName", text: "firstname" },
          { label: "lastName", text: "lastname" },
          { label: "Include group attribute", text: "groups" },
        ],
      },
      { id: "assign", path: ["User Groups", "Save"], fields: [] },
      { id: "metadata", path: ["SSO"], fields: [{ label: "Copy Metadata URL" }] },
    ],
  },
  oidc: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Custom OIDC App", "SSO"],
        fields: [{ label: "Redirect URIs", value: "redirectUri" }],
      },
      { id: "credentials", path: ["Activate"], fields: [{ label: "Client ID" }, { label: "Client Secret" }] },
    ],
  },
  scim: {
    checked: "2026-11-28",
    steps: [
      {
        id: "connect",
        path: ["Identity Management"],
        fields: [
          { label: "SCIM Version", text: "SCIM 2.0" },
          { label: "Base URL", value: "baseUrl" },
          { label: "Token Key", value: "token" },
          { label: "Test User Email", free: true },
        ],
      },
    ],
  },
};
