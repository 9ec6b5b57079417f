import type { Product } from "../guide.ts";

// Sources: scalekit-inc/developer-docs, ory/polis, ory/docs.
export const onelogin: Product = {
  id: "onelogin",
  name: "OneLogin",
  provider: "onelogin",
  metadataUrl: true,
  saml: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Applications", "Applications", "Add App", "SAML Custom Connector (Advanced)"],
        fields: [{ label: "Display Name", free: true }],
      },
      {
        id: "configure",
        path: ["Configuration"],
        fields: [
          { label: "Audience (EntityID)", value: "spEntityId" },
          { label: "Recipient", value: "acsUrl" },
          { label: "ACS (Consumer) URL", value: "acsUrl" },
          { label: "SAML initiator", text: "Service Provider" },
          { label: "SAML nameID format", text: "Email" },
          { label: "SAML signature element", text: "Assertion" },
        ],
      },
      {
        id: "attributes",
        path: ["Parameters", "+"],
        fields: [
          { label: "email", text: "Email" },
          { label: "firstName", text: "First Name" },
          { label: "lastName", text: "Last Name" },
          { label: "groups", text: "User Roles" },
        ],
      },
      { id: "assign", path: ["Access"], fields: [] },
      { id: "metadata", path: ["SSO"], fields: [{ label: "Issuer URL" }] },
    ],
  },
  oidc: {
    checked: "2026-11-28",
    steps: [
      {
        id: "create",
        path: ["Applications", "Add App", "OpenId Connect (OIDC)", "Configuration"],
        fields: [{ label: "Redirect URIs", value: "redirectUri" }],
      },
      {
        id: "credentials",
        path: ["SSO"],
        fields: [{ label: "Client ID" }, { label: "Client Secret" }, { label: "Issuer URL" }],
      },
    ],
  },
  scim: {
    checked: "2026-11-28",
    steps: [
      {
        id: "connect",
        path: ["Applications", "SCIM Provisioner with SAML (SCIM v2 Enterprise)", "Configuration"],
        fields: [
          { label: "SCIM Base URL", value: "baseUrl" },
          { label: "SCIM Bearer Token", value: "token" },
        ],
      },
      { id: "enable", path: ["Provisioning"], fields: [{ label: "Enable provisioning", text: "✓" }] },
    ],
  },
};
